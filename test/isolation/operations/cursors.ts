import { v7 as uuidv7 } from 'uuid'
import { lookUp, type Schema } from '../../support/openapi/document.ts'
import { type Attack, expects, expectsOneOf, type MakeAttacks } from './attack.ts'
import { isInside, jsonOf, namesIn, requestOf } from './requests.ts'
import { words } from './stage.ts'

/** Cursors that the other was given, and made up ones, in each order: the list goes on among one's own. */
export const attackCursors: MakeAttacks = async (stage, operation) => {
  if (!isInside(operation) || !namesIn(operation, 'query').includes('cursor')) return []
  const sort = operation.parameters.find(({ name }) => name === 'sort')?.schema
  const sorts = (sort && lookUp<Schema>(stage.document, sort).enum) ?? [undefined]
  const { credentials } = await stage.credentialsOf('owner')
  const theirs = requestOf(operation, { query: { limit: '100' }, headers: stage.parties.other.credentials })
  if (!(await stage.exchange.send(theirs)).text.includes(stage.parties.other.word)) {
    throw new Error(`${operation.name}: the other has nothing with its word to find`)
  }
  const attacks: Attack[] = []
  for (const sort of sorts) {
    const by = (query: Record<string, string>, headers = credentials) =>
      requestOf(operation, {
        query: { ...(sort !== undefined && { sort: String(sort) }), ...query },
        headers,
      })
    const page = await stage.exchange.send(by({ limit: '1' }, stage.parties.other.credentials))
    const cursor: unknown = jsonOf(page)?.next_cursor
    const says = sort === undefined ? '' : `, sorted by ${sort}`
    if (typeof cursor !== 'string') {
      throw new Error(`${operation.name}: the other has no second thing to find${says}: ${page.text}`)
    }
    const add = (name: string, cursor: string, check: Attack['check']) =>
      attacks.push({
        kind: 'cursors',
        by: 'owner',
        says: name + says,
        request: by({ limit: '100', cursor }),
        ...(check && { check }),
      })
    add('their cursor', cursor, expects(200))
    for (const forged of forge(cursor)) add('a forged cursor', forged, expectsOneOf(200, 400))
  }
  const others = await stage.exchange.send({
    method: 'GET',
    path: '/v1/audit?limit=1',
    headers: stage.parties.other.credentials,
    body: undefined,
  })
  attacks.push({
    kind: 'cursors',
    by: 'owner',
    says: 'their cursor of another list',
    request: requestOf(operation, { query: { cursor: jsonOf(others).next_cursor }, headers: credentials }),
    check: expectsOneOf(200, 400),
  })
  return attacks
}

/** The same place by another id, the ends of all that there may be, and with a tenant's name. */
function forge(cursor: string): string[] {
  const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[]
  const [sort, value] = parts
  const made = [
    [sort, value, uuidv7()],
    [sort, value, '00000000-0000-0000-0000-000000000000'],
    [sort, value, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    [...parts, words.other],
  ]
  return made.map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'))
}
