/**
 * Every problem the API can answer: HTTP status and the sentence for people. `code` never changes; the texts may.
 * Sources: RFC 9457 (problem details), RFC 9110 (status codes), RFC 6750 (bearer tokens).
 */
export const problems = {
  invalid_request: [
    400,
    'The request is not valid: see errors.',
    "La requête n'est pas valide : voyez errors.",
  ],
  malformed_json: [400, 'The body is not valid JSON.', "Le corps n'est pas du JSON valide."],
  malformed_request: [400, 'This is not a valid HTTP request.', "Ce n'est pas une requête HTTP valide."],
  token_invalid: [
    400,
    'This link is not valid any more: ask for a new one.',
    "Ce lien n'est plus valide : demandez-en un nouveau.",
  ],
  invalid_signature: [
    400,
    'The signature of this event is not right.',
    "La signature de cet événement n'est pas valable.",
  ],
  tenant_header_missing: [
    400,
    'Name the tenant in the header X-Tenant-ID.',
    "Indiquez le tenant dans l'en-tête X-Tenant-ID.",
  ],
  unauthenticated: [
    401,
    'Sign in: a valid access token is required.',
    "Connectez-vous : un jeton d'accès valide est requis.",
  ],
  invalid_credentials: [401, 'E-mail or password is not right.', 'Adresse e-mail ou mot de passe incorrect.'],
  invalid_refresh_token: [
    401,
    'This refresh token is not valid any more: sign in again.',
    "Ce jeton de rafraîchissement n'est plus valide : reconnectez-vous.",
  ],
  totp_required: [
    401,
    'Give the code of your authenticator app as totp.',
    "Indiquez le code de votre application d'authentification dans totp.",
  ],
  trial_expired: [402, 'Your trial has ended: choose a plan', 'Essai terminé, souscrivez'],
  payment_required: [402, 'Payment required', 'Paiement requis'],
  insufficient_credits: [402, 'Not enough credits: see balance.', 'Crédits insuffisants : voyez balance.'],
  tenant_mismatch: [
    403,
    'X-Tenant-ID is not the tenant of this token.',
    "X-Tenant-ID n'est pas le tenant de ce jeton.",
  ],
  tenant_pending: [403, 'Confirm your e-mail address first.', "Confirmez d'abord votre adresse e-mail."],
  tenant_suspended: [403, 'Account suspended', 'Compte suspendu'],
  tenant_cancelled: [403, 'Account cancelled', 'Compte annulé'],
  module_not_in_plan: [
    403,
    'This module is not part of your plan: see plans for those that have it.',
    'Ce module ne fait pas partie de votre offre : voyez plans pour celles qui le comprennent.',
  ],
  limit_reached: [
    403,
    'A limit is reached: see limit, used and allowed.',
    'Une limite est atteinte : voyez limit, used et allowed.',
  ],
  insufficient_role: [403, 'Your role does not allow this.', 'Votre rôle ne le permet pas.'],
  role_too_high: [
    403,
    'You cannot give a role above your own, nor change who has one.',
    'Vous ne pouvez ni donner un rôle supérieur au vôtre, ni changer qui en a un.',
  ],
  session_required: [
    403,
    'Only a person who has signed in can do this, not an API key or a support session.',
    "Seule une personne connectée peut le faire, pas une clé d'API ni une session d'assistance.",
  ],
  email_not_verified: [
    403,
    'Confirm your e-mail address before you make a further company.',
    'Confirmez votre adresse e-mail avant de créer une autre société.',
  ],
  totp_enrolment_required: [
    403,
    'Enrol a one-time password first.',
    "Enregistrez d'abord un mot de passe à usage unique.",
  ],
  support_read_only: [
    403,
    'This support session may only read: open one that may write.',
    "Cette session d'assistance est en lecture seule : ouvrez-en une qui permet d'écrire.",
  ],
  signups_closed: [
    403,
    'No new companies can sign up at the moment.',
    "Il n'est pas possible d'inscrire une nouvelle société pour le moment.",
  ],
  forbidden: [403, 'This is not allowed.', "Ce n'est pas autorisé."],
  not_found: [404, 'Not found.', 'Introuvable.'],
  method_not_allowed: [405, 'This method is not allowed here.', "Cette méthode n'est pas permise ici."],
  request_timeout: [408, 'The request did not arrive in time.', "La requête n'est pas arrivée à temps."],
  tenant_id_taken: [
    409,
    'This id is taken: choose another.',
    'Cet identifiant est déjà pris : choisissez-en un autre.',
  ],
  conflict: [409, 'This conflicts with what is stored already.', 'Conflit avec ce qui est déjà enregistré.'],
  last_owner: [
    409,
    'The last owner can neither go nor step down: make somebody else an owner first.',
    "Le dernier propriétaire ne peut ni partir ni changer de rôle : nommez d'abord un autre propriétaire.",
  ],
  already_member: [
    409,
    'This person is a member of the tenant already.',
    'Cette personne est déjà membre du tenant.',
  ],
  already_invited: [
    409,
    'This address has an invitation already: send that one again.',
    'Cette adresse a déjà une invitation : renvoyez-la.',
  ],
  status_not_allowed: [
    409,
    'The present status of the tenant does not allow this.',
    'Le statut actuel du tenant ne le permet pas.',
  ],
  usage_over_limits: [
    409,
    'More is used than these limits allow: see over, or send force to change them all the same.',
    "L'utilisation dépasse ces limites : voyez over, ou envoyez force pour les changer quand même.",
  ],
  plan_not_for_sale: [
    409,
    'This plan cannot be bought here: see GET /signup/plans.',
    'Cette offre ne peut pas être achetée ici : voyez GET /signup/plans.',
  ],
  already_subscribed: [
    409,
    'There is a subscription already: change it in the billing portal.',
    'Il y a déjà un abonnement : modifiez-le dans le portail de facturation.',
  ],
  not_subscribed: [
    409,
    'There is no subscription yet: choose a plan first.',
    "Il n'y a pas encore d'abonnement : choisissez d'abord une offre.",
  ],
  not_replayable: [
    409,
    'Replaying this event would do nothing: nothing depends on its type, or no tenant of it is known.',
    "Rejouer cet événement n'aurait aucun effet : rien ne dépend de son type, ou aucun tenant ne lui correspond.",
  ],
  totp_enrolled: [
    409,
    'A one-time password is enrolled already.',
    'Un mot de passe à usage unique est déjà enregistré.',
  ],
  account_not_verified: [
    409,
    'There is an account of this address, but nobody has shown that the address is theirs: they confirm it first.',
    "Il existe un compte à cette adresse, mais personne n'a confirmé qu'elle est la sienne : il faut d'abord la confirmer.",
  ],
  email_taken: [409, 'This e-mail address has an account already.', 'Cette adresse e-mail a déjà un compte.'],
  in_use: [
    409,
    'Other records, or deleted ones that can be restored, refer to this one: change those first, or delete them for good.',
    "D'autres enregistrements, ou des enregistrements supprimés et restaurables, se réfèrent à celui-ci : changez-les d'abord, ou supprimez-les définitivement.",
  ],
  not_editable: [
    409,
    'In its present status this cannot be changed.',
    'Dans son statut actuel, cet élément ne peut plus être modifié.',
  ],
  workflow_inactive: [
    409,
    'This workflow is not active: activate it first.',
    "Ce workflow n'est pas actif : activez-le d'abord.",
  ],
  precondition_failed: [
    412,
    'Somebody has changed this since you read it: read it again, and then change it.',
    "Quelqu'un l'a modifié depuis votre lecture : relisez-le avant de le modifier.",
  ],
  body_too_large: [413, 'The body is larger than allowed.', 'Le corps est plus grand que permis.'],
  unsupported_media_type: [
    415,
    'Send the body as application/json in UTF-8; an import as application/x-ndjson, uncompressed.',
    'Envoyez le corps en application/json, en UTF-8 ; un import en application/x-ndjson, non compressé.',
  ],
  idempotency_key_reused: [
    422,
    'This idempotency key was used for something else.',
    "Cette clé d'idempotence a servi à autre chose.",
  ],
  too_many_requests: [
    429,
    'Too many requests: wait as long as Retry-After says.',
    'Trop de requêtes : attendez la durée indiquée par Retry-After.',
  ],
  headers_too_large: [
    431,
    'The headers are larger than allowed.',
    'Les en-têtes sont plus grands que permis.',
  ],
  internal_error: [
    500,
    'Something went wrong on our side; give the request id to support.',
    "Une erreur s'est produite de notre côté ; donnez l'identifiant de requête au support.",
  ],
  provisioning_failed: [
    500,
    'The tenant could not be made: step says where it failed, and nothing of it was kept.',
    "Le tenant n'a pas pu être créé : step indique l'étape en échec, et rien n'a été conservé.",
  ],
  overloaded: [
    503,
    'The server is busy: try again in a moment.',
    'Le serveur est occupé : réessayez dans un instant.',
  ],
  database_unavailable: [
    503,
    'The database cannot be reached: try again in a moment.',
    'La base de données est injoignable : réessayez dans un instant.',
  ],
  billing_not_configured: [
    503,
    'Billing is not set up on this server.',
    "La facturation n'est pas configurée sur ce serveur.",
  ],
  billing_unavailable: [
    503,
    'The payment service cannot be reached: try again in a moment.',
    'Le service de paiement est injoignable : réessayez dans un instant.',
  ],
  outcome_unknown: [
    503,
    'The connection was lost while saving: look whether the change is there before sending it again.',
    "La connexion a été perdue pendant l'enregistrement : vérifiez avant de renvoyer.",
  ],
} as const satisfies Record<string, readonly [status: number, en: string, fr: string]>

/** The stable name of a problem, as clients see it in `code`. */
export type ErrorCode = keyof typeof problems

/** What is wrong with one part of the input; `path` as in `address.city` or `body`. */
export interface InputError {
  path: string
  message: string
}

interface AppErrorOptions {
  /** What is wrong with the input, shown as `errors`. */
  errors?: InputError[]
  /** Further members of the problem document, such as `limit` or `module`. */
  members?: Record<string, unknown>
  /** Response headers, such as Retry-After or WWW-Authenticate. */
  headers?: Record<string, string>
  /** What happened underneath, for the log only. */
  cause?: unknown
}

/** A refusal or failure that knows its own status, code and what of it may be shown. */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: ErrorCode
  readonly status: number
  readonly errors: InputError[] | undefined
  readonly members: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(problems[code][1], { cause: options.cause })
    this.code = code
    this.status = problems[code][0]
    this.errors = options.errors
    this.members = options.members ?? {}
    this.headers = { ...defaultHeaders(code, this.status), ...options.headers }
  }
}

/** RFC 9110: 401 says what to present (15.5.2; for tokens RFC 6750, section 3). 503 says when to come back, unless a retry could do a thing twice or would find the same. */
function defaultHeaders(code: ErrorCode, status: number): Record<string, string> {
  if (status === 401) {
    const error = code === 'unauthenticated' ? ', error="invalid_token"' : ''
    return { 'WWW-Authenticate': `Bearer realm="tenantry"${error}` }
  }
  const isSoonOver = code !== 'outcome_unknown' && code !== 'billing_not_configured'
  return status === 503 && isSoonOver ? { 'Retry-After': '1' } : {}
}
