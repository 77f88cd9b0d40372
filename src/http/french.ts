import { z } from 'zod'

/** What zod says of an input, in French. */
export const describeInFrench = z.locales.fr().localeError

/** What we say of an input ourselves, in the words of schemas and rules. */
const sentences: Record<string, string> = {
  'should be a telephone number': 'devrait être un numéro de téléphone',
  'should be the name of a time zone such as Europe/Paris':
    "devrait être le nom d'un fuseau horaire, par exemple Europe/Paris",
  'should have at least 8 characters': 'devrait avoir au moins 8 caractères',
  'should have at most 128 characters': 'devrait avoir au plus 128 caractères',
  'should hold no control characters': 'ne devrait pas contenir de caractères de contrôle',
  'should hold at least one field': 'devrait contenir au moins un champ',
  'should hold at least one field beside category': 'devrait contenir au moins un champ en plus de category',
  'should name each category once': 'devrait nommer chaque catégorie une seule fois',
  'should be the ISO 4217 code of a currency such as EUR':
    "devrait être le code ISO 4217 d'une monnaie, par exemple EUR",
  'is not an event of Stripe': "n'est pas un événement de Stripe",
  'has to be accepted': 'doit être accepté',
  'is not your password': "n'est pas votre mot de passe",
  'should be a whole number in range, or unlimited': 'devrait être un nombre entier permis, ou unlimited',
  'should be a whole number, null for unlimited, or plan':
    'devrait être un nombre entier, null pour illimité, ou plan',
  'should be the id of a price at Stripe': "devrait être l'identifiant d'un prix chez Stripe",
  'should name each module once': 'devrait nommer chaque module une seule fois',
  'should be a whole number, or null for unlimited': 'devrait être un nombre entier, ou null pour illimité',
  'should be 1 to 40 lower-case letters, digits and hyphens, with no hyphen at either end':
    'devrait compter 1 à 40 minuscules, chiffres et tirets, sans tiret au début ni à la fin',
  'is kept back for the platform': 'est réservé à la plateforme',
  'is under a domain that is kept back for the platform': 'est sous un domaine réservé à la plateforme',
  'is not for the plan FREE': "n'existe pas pour l'offre FREE",
  'should be another address than admin_email': 'devrait être une autre adresse que admin_email',
  'is of an account whose address nobody has confirmed':
    "est celle d'un compte dont personne n'a confirmé l'adresse",
  'is only for a tenant in its trial': "n'est possible que pendant la période d'essai",
  'should be in the future': 'devrait être dans le futur',
  'should be at most 5 minutes in the future': 'devrait être au plus 5 minutes dans le futur',
  'should be at most 35 days in the past': 'devrait être au plus 35 jours dans le passé',
  'should be a lower-case letter, then lower-case letters, digits, dots and underscores':
    'devrait être une minuscule, puis des minuscules, chiffres, points et tirets bas',
  'is the name of a limit of the plans': "est le nom d'une limite des offres",
  'is required for a new account': 'est obligatoire pour un nouveau compte',
  'is required': 'est obligatoire',
  'is one of the most common passwords': 'est un des mots de passe les plus courants',
  'repeats too few characters': 'répète trop peu de caractères',
  'is made of your own or the company’s names': 'est composé de votre nom ou de celui de la société',
  'should be a letter or digit, then up to 63 letters, digits, underscores, dots and hyphens':
    "devrait être une lettre ou un chiffre, puis jusqu'à 63 lettres, chiffres, tirets bas, points et tirets",
  'should have at most 50 keys': 'devrait avoir au plus 50 clés',
  'should be at most 16 KiB of JSON': 'devrait faire au plus 16 Kio de JSON',
  'should be at most 64 KiB of JSON': 'devrait faire au plus 64 Kio de JSON',
  'should be at most 512 KiB of JSON': 'devrait faire au plus 512 Kio de JSON',
  'should be 1 to 100 letters, digits, underscores, colons, hyphens and dots, with no dot in front':
    'devrait être 1 à 100 lettres, chiffres, tirets bas, deux-points, tirets et points, sans point au début',
  'should have 1 to 20 names of letters, digits, underscores, dots and hyphens, each with a text of 1 to 10000 characters':
    'devrait avoir 1 à 20 noms de lettres, chiffres, tirets bas, points et tirets, chacun avec un texte de 1 à 10000 caractères',
  'should be the code of a language such as fr or fr-CH':
    "devrait être le code d'une langue, par exemple fr ou fr-CH",
  'should be in the years 1 to 9999': 'devrait être entre les années 1 et 9999',
  'should not be before started_at': 'ne devrait pas précéder started_at',
  'is not a cursor of this list and sort': "n'est pas un curseur de cette liste et de ce tri",
  'holds a character that cannot be stored': 'contient un caractère qui ne peut pas être enregistré',
  'is a name that cannot be used': 'est un nom qui ne peut pas être utilisé',
  'holds too many values': 'contient trop de valeurs',
  'is nested too deeply': 'est imbriqué trop profondément',
  'is no debit of this tenant': "n'est pas un débit de ce tenant",
  'is more than is left to give back': 'dépasse ce qui reste à rembourser',
  'should hold either fields or measures': 'devrait contenir soit fields, soit measures',
  'should hold measures beside group_by': 'devrait contenir measures avec group_by',
  'should be a month such as 2026-03': 'devrait être un mois, par exemple 2026-03',
  'should be up to 120 months that end with to': 'devrait être au plus 120 mois qui se terminent par to',
  'is not taken here': "n'est pas pris en compte ici",
  'is not known': "n'est pas connu",
  'should be a decimal with up to three places, such as 1.5':
    'devrait être un nombre décimal à trois décimales au plus, par exemple 1.5',
  'should add up to less': 'devrait donner un total plus petit',
  'is given automatically': 'est attribué automatiquement',
  'should be between the day of issue and today': "devrait être entre le jour d'émission et aujourd'hui",
  'should be a whole number': 'devrait être un nombre entier',
  'should be JSON': 'devrait être du JSON',
  'should be UTF-8': 'devrait être en UTF-8',
  'should be at most 1 MiB': 'devrait faire au plus 1 Mio',
  'should have at least one line': 'devrait avoir au moins une ligne',
  'should have at most 10,000 lines': 'devrait avoir au plus 10 000 lignes',
  'should be in the year 1 or later': "devrait être en l'an 1 ou après",
  'should not be before starts_on': 'ne devrait pas précéder starts_on',
  'should be words of lower-case letters and digits, with one hyphen between two':
    'devrait être des mots de minuscules et de chiffres, séparés par un seul tiret',
  'should be the ISO 3166-1 code of a country such as FR':
    "devrait être le code ISO 3166-1 d'un pays, par exemple FR",
  'should have six digits': 'devrait avoir six chiffres',
  'is given more than once': 'est donné plus d’une fois',
  'is given beside another authorization': 'accompagne une autre autorisation',
  'holds percent-encoding that does not decode': 'contient un encodage pourcent qui ne se décode pas',
}
const options = /^should be one of (.+)$/
const knownOwner = /^is required, since (.+) has an account$/
const ofKind = /^should be (a value|a list of values) of kind (\w+)$/
const twice = /^names (\w+) twice$/
const placeholders = /^should hold no placeholders but (.+)$/

/** One of our own sentences in French; any other text as it is. */
export function toFrench(message: string): string {
  return (
    sentences[message] ??
    message
      .replace(options, 'devrait être une valeur parmi $1')
      .replace(knownOwner, 'est obligatoire, car $1 a déjà un compte')
      .replace(ofKind, (_, what, kind) =>
        what === 'a value'
          ? `devrait être une valeur de type ${kind}`
          : `devrait être une liste de valeurs de type ${kind}`,
      )
      .replace(twice, 'nomme deux fois $1')
      .replace(placeholders, 'ne devrait contenir aucun paramètre hormis $1')
  )
}
