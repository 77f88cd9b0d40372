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
  'has to be accepted': 'doit être accepté',
  'is not your password': "n'est pas votre mot de passe",
  'should be in the future': 'devrait être dans le futur',
  'is required for a new account': 'est obligatoire pour un nouveau compte',
  'is required': 'est obligatoire',
  'is one of the most common passwords': 'est un des mots de passe les plus courants',
  'repeats too few characters': 'répète trop peu de caractères',
  'is made of your own or the company’s names': 'est composé de votre nom ou de celui de la société',
  'is not a cursor of this list and sort': "n'est pas un curseur de cette liste et de ce tri",
  'holds a character that cannot be stored': 'contient un caractère qui ne peut pas être enregistré',
  'holds too many values': 'contient trop de valeurs',
  'is nested too deeply': 'est imbriqué trop profondément',
  'should have six digits': 'devrait avoir six chiffres',
  'is given beside another authorization': 'accompagne une autre autorisation',
  'holds percent-encoding that does not decode': 'contient un encodage pourcent qui ne se décode pas',
}
const options = /^should be one of (.+)$/

/** One of our own sentences in French; any other text as it is. */
export function toFrench(message: string): string {
  return sentences[message] ?? message.replace(options, 'devrait être une valeur parmi $1')
}
