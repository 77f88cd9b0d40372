import type { Role } from './features/members/roles.ts'
import { showTime } from './features/notifications/templates.ts'

/** Subject and text of a message. */
interface Text {
  subject: string
  text: string
}

/** What each message is made of. Links hold a token, so no value of these is ever stored or logged. */
export interface MailValues {
  welcome: { first_name: string; company_name: string; tenant_id: string; verify_url: string | null }
  verify_email: { first_name: string; url: string }
  reset_password: { first_name: string; url: string }
  password_changed: { first_name: string }
  member_added: OfMember & { url: string | null }
  invitation: { company_name: string; inviter_name: string; role: Role; url: string }
  trial_ending: OfCompany & { days: number }
  trial_over: OfCompany
  payment_failed: OfCompany & { days: number }
  payment_reminder: OfCompany & { days: number }
  suspended: OfCompany
  cancelled: OfCompany
  support_session: OfCompany & SupportOfCompany
}

/** What is told to somebody who belongs to a company from now on. */
interface OfMember {
  first_name: string
  company_name: string
  tenant_id: string
  role: Role
}

/** A super admin's look inside; `url` is where it can be ended. */
interface SupportOfCompany {
  super_admin_email: string
  reason: string
  is_read_only: boolean
  /** Since when, as ISO 8601. */
  from: string
  /** Of the reader. */
  time_zone: string
  minutes: number
}

/** What is told about a company; `url` is where its plan is chosen and paid. */
interface OfCompany {
  first_name: string
  company_name: string
  url: string
}

/** The messages there are. */
export type MailTemplate = keyof MailValues

const frenchRoles: Record<Role, string> = {
  viewer: 'lecteur',
  member: 'membre',
  manager: 'gestionnaire',
  admin: 'administrateur',
  owner: 'propriétaire',
}

type Templates = { [Name in MailTemplate]: Record<'en' | 'fr', (values: MailValues[Name]) => Text> }

const templates: Templates = {
  welcome: {
    en: (v) => ({
      subject: `Welcome, ${v.first_name}`,
      text:
        `Hello ${v.first_name},\n\n${v.company_name} is ready. Your tenant id is ${v.tenant_id}.\n` +
        (v.verify_url
          ? `\nPlease confirm your e-mail address within 24 hours:\n${v.verify_url}\n\nIf you did not sign up, do not follow this link.\n`
          : ''),
    }),
    fr: (v) => ({
      subject: `Bienvenue, ${v.first_name}`,
      text:
        `Bonjour ${v.first_name},\n\nL'espace de ${v.company_name} est prêt. Votre identifiant est ${v.tenant_id}.\n` +
        (v.verify_url
          ? `\nVeuillez confirmer votre adresse e-mail dans les 24 heures :\n${v.verify_url}\n\nSi vous ne vous êtes pas inscrit, ne suivez pas ce lien.\n`
          : ''),
    }),
  },
  verify_email: {
    en: (v) => ({
      subject: 'Confirm your e-mail address',
      text: `Hello ${v.first_name},\n\nConfirm your e-mail address within 24 hours:\n${v.url}\n\nIf you did not sign up, ignore this message.\n`,
    }),
    fr: (v) => ({
      subject: 'Confirmez votre adresse e-mail',
      text: `Bonjour ${v.first_name},\n\nConfirmez votre adresse e-mail dans les 24 heures :\n${v.url}\n\nSi vous ne vous êtes pas inscrit, ignorez ce message.\n`,
    }),
  },
  reset_password: {
    en: (v) => ({
      subject: 'Choose a new password',
      text: `Hello ${v.first_name},\n\nChoose a new password within 30 minutes:\n${v.url}\n\nIf you did not ask for this, ignore this message: your password stays as it is.\n`,
    }),
    fr: (v) => ({
      subject: 'Choisissez un nouveau mot de passe',
      text: `Bonjour ${v.first_name},\n\nChoisissez un nouveau mot de passe dans les 30 minutes :\n${v.url}\n\nSi vous n'avez rien demandé, ignorez ce message : votre mot de passe ne change pas.\n`,
    }),
  },
  password_changed: {
    en: (v) => ({
      subject: 'Your password was changed',
      text: `Hello ${v.first_name},\n\nYour password was changed, and you have been signed out everywhere else.\n\nIf this was not you, choose a new one with "forgot password" at once.\n`,
    }),
    fr: (v) => ({
      subject: 'Votre mot de passe a été modifié',
      text: `Bonjour ${v.first_name},\n\nVotre mot de passe a été modifié et vos autres sessions ont été fermées.\n\nSi ce n'était pas vous, choisissez-en aussitôt un nouveau par « mot de passe oublié ».\n`,
    }),
  },
  invitation: {
    en: (v) => ({
      subject: `${v.inviter_name} invites you to ${v.company_name}`,
      text: `Hello,\n\n${v.inviter_name} invites you to ${v.company_name} as ${v.role}. Accept within 7 days:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: `${v.inviter_name} vous invite chez ${v.company_name}`,
      text: `Bonjour,\n\n${v.inviter_name} vous invite chez ${v.company_name} comme ${frenchRoles[v.role]}. Acceptez dans les 7 jours :\n${v.url}\n`,
    }),
  },
  member_added: {
    en: (v) => ({
      subject: `You belong to ${v.company_name} now`,
      text:
        `Hello ${v.first_name},\n\nYou have been made a member of ${v.company_name} as ${v.role}. Its tenant id is ${v.tenant_id}.\n` +
        (v.url
          ? `\nChoose a password within 7 days:\n${v.url}\n\nLater you can have a new link mailed where you sign in, by "forgot password".\n`
          : '\nSign in with the account that you have already.\n'),
    }),
    fr: (v) => ({
      subject: `Vous faites partie de ${v.company_name}`,
      text:
        `Bonjour ${v.first_name},\n\nVous êtes désormais membre de ${v.company_name} comme ${frenchRoles[v.role]}. L'identifiant de cet espace est ${v.tenant_id}.\n` +
        (v.url
          ? `\nChoisissez un mot de passe dans les 7 jours :\n${v.url}\n\nPassé ce délai, demandez un nouveau lien à la connexion, par « mot de passe oublié ».\n`
          : '\nConnectez-vous avec le compte que vous avez déjà.\n'),
    }),
  },
  trial_ending: {
    en: (v) => ({
      subject: `Your trial ends within ${v.days === 1 ? '24 hours' : `${v.days} days`}`,
      text: `Hello ${v.first_name},\n\nThe trial of ${v.company_name} ends within ${v.days === 1 ? '24 hours' : `${v.days} days`}. Choose a plan to go on without a break:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: `Votre essai se termine d'ici ${v.days === 1 ? '24 heures' : `${v.days} jours`}`,
      text: `Bonjour ${v.first_name},\n\nL'essai de ${v.company_name} se termine d'ici ${v.days === 1 ? '24 heures' : `${v.days} jours`}. Choisissez une offre pour continuer sans interruption :\n${v.url}\n`,
    }),
  },
  trial_over: {
    en: (v) => ({
      subject: 'Your trial has ended',
      text: `Hello ${v.first_name},\n\nThe trial of ${v.company_name} has ended. Your data is kept; choose a plan to work with it again:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: 'Votre essai est terminé',
      text: `Bonjour ${v.first_name},\n\nL'essai de ${v.company_name} est terminé. Vos données sont conservées ; choisissez une offre pour les retrouver :\n${v.url}\n`,
    }),
  },
  payment_failed: {
    en: (v) => ({
      subject: 'A payment has failed',
      text: `Hello ${v.first_name},\n\nThe payment for ${v.company_name} has not gone through. Everything goes on for ${v.days === 1 ? '1 more day' : `${v.days} more days`}, but nobody new can join. After that access ends until it is paid:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: 'Un paiement a échoué',
      text: `Bonjour ${v.first_name},\n\nLe paiement de ${v.company_name} n'a pas abouti. Tout continue encore ${v.days === 1 ? '1 jour' : `${v.days} jours`}, mais sans nouveaux membres. Ensuite l'accès est fermé jusqu'au paiement :\n${v.url}\n`,
    }),
  },
  payment_reminder: {
    en: (v) => ({
      subject: `The access of ${v.company_name} ends within ${v.days === 1 ? '24 hours' : `${v.days} days`}`,
      text: `Hello ${v.first_name},\n\nThe payment for ${v.company_name} is still due. Access ends within ${v.days === 1 ? '24 hours' : `${v.days} days`} unless it is paid before:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: `L'accès de ${v.company_name} se ferme d'ici ${v.days === 1 ? '24 heures' : `${v.days} jours`}`,
      text: `Bonjour ${v.first_name},\n\nLe paiement de ${v.company_name} est toujours attendu. Sans règlement, l'accès se ferme d'ici ${v.days === 1 ? '24 heures' : `${v.days} jours`} :\n${v.url}\n`,
    }),
  },
  suspended: {
    en: (v) => ({
      subject: `${v.company_name} is suspended`,
      text: `Hello ${v.first_name},\n\n${v.company_name} is suspended. Your data is kept. You can still sign in and see your billing:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: `${v.company_name} est suspendu`,
      text: `Bonjour ${v.first_name},\n\nL'espace de ${v.company_name} est suspendu. Vos données sont conservées. Vous pouvez encore vous connecter et voir votre facturation :\n${v.url}\n`,
    }),
  },
  cancelled: {
    en: (v) => ({
      subject: `${v.company_name} is cancelled`,
      text: `Hello ${v.first_name},\n\nThe account of ${v.company_name} is cancelled. Choose a plan to open it again:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: `Le compte de ${v.company_name} est annulé`,
      text: `Bonjour ${v.first_name},\n\nLe compte de ${v.company_name} est annulé. Choisissez une offre pour le rouvrir :\n${v.url}\n`,
    }),
  },
  support_session: {
    en: (v) => ({
      subject: `Support is looking inside ${v.company_name}`,
      text:
        `Hello ${v.first_name},\n\n${v.super_admin_email}, of the people who run this platform, has opened a support session in ${v.company_name}.\n\n` +
        `Why: ${v.reason}\nSince: ${showTime(v.from, { language: 'en', time_zone: v.time_zone })}, for ${v.minutes === 1 ? '1 minute' : `${v.minutes} minutes`} at most\n` +
        `Access: ${v.is_read_only ? 'read only' : 'read and write'}\n\n` +
        `Each request is in your audit trail. You can see the session and end it at any time:\n${v.url}\n`,
    }),
    fr: (v) => ({
      subject: `L'assistance consulte l'espace de ${v.company_name}`,
      text:
        `Bonjour ${v.first_name},\n\n${v.super_admin_email}, de l'équipe qui gère cette plateforme, a ouvert une session d'assistance dans l'espace de ${v.company_name}.\n\n` +
        `Motif : ${v.reason}\nDepuis : ${showTime(v.from, { language: 'fr', time_zone: v.time_zone })}, pour ${v.minutes === 1 ? '1 minute' : `${v.minutes} minutes`} au plus\n` +
        `Droits : ${v.is_read_only ? 'lecture seule' : 'lecture et modification de vos données'}\n\n` +
        `Chaque requête figure dans votre journal d'audit. Vous pouvez voir la session et y mettre fin à tout moment :\n${v.url}\n`,
    }),
  },
}

/** Subject and text of a message in the reader's language: French, or English for everybody else. */
export function renderMail<Name extends MailTemplate>(
  template: Name,
  locale: string,
  values: MailValues[Name],
): Text {
  return templates[template][locale === 'fr' ? 'fr' : 'en'](values)
}
