import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError, problems } from '../../src/errors.ts'
import { toAppError } from '../../src/http/error-handler.ts'
import { toFrench } from '../../src/http/french.ts'
import { type Answer, type Platform, signupBody, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ ALLOWED_ORIGINS: 'https://app.example.com' })
})
afterAll(() => platform.stop())

function expectProblem(answer: Answer, status: number, code: string) {
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('vary')).toContain('Accept-Language')
  expect(answer.body).toMatchObject({
    type: `urn:tenantry:problem:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    code,
    detail: problems[code as keyof typeof problems][1],
    request_id: answer.headers.get('x-request-id'),
  })
  expect(answer.body.request_id).toMatch(/^[0-9a-f-]{36}$/)
}

test('a problem document has the members of RFC 9457, a code and the request id', async () => {
  const answer = await platform.post('/signup', {})
  expectProblem(answer, 400, 'invalid_request')
  expect(Object.keys(answer.body).sort()).toEqual(
    ['code', 'detail', 'errors', 'request_id', 'status', 'title', 'type'].sort(),
  )
  expect(answer.body.errors).toContainEqual({
    path: 'body.company_name',
    message: 'Invalid input: expected string, received undefined',
  })
})

test('an unknown path is 404', async () => {
  expectProblem(await platform.get('/nothing/here'), 404, 'not_found')
  expectProblem(await platform.get('/V1/me'), 404, 'not_found')
  expectProblem(await platform.get('/v1/nowhere'), 404, 'not_found')
})

test('a method that a path does not have is 405 and says which it has', async () => {
  const answer = await platform.request('DELETE', '/v1/clients')
  expectProblem(answer, 405, 'method_not_allowed')
  expect(answer.headers.get('allow')).toBe('GET, HEAD, POST')
  expect((await platform.request('PUT', '/signup')).headers.get('allow')).toBe('POST')
  expect((await platform.request('OPTIONS', '/v1/clients/1')).headers.get('allow')).toBe(
    'GET, HEAD, PATCH, DELETE',
  )
})

test('HEAD answers like GET, without the body', async () => {
  const get = await platform.get('/signup/plans')
  const head = await platform.request('HEAD', '/signup/plans')
  expect([head.status, head.body]).toEqual([200, ''])
  for (const name of ['content-type', 'cache-control'])
    expect(head.headers.get(name)).toBe(get.headers.get(name))
  expect((await platform.request('HEAD', '/v1/me')).status).toBe(401)
  expect((await platform.request('HEAD', '/signup')).status).toBe(405)
})

describe('the language of an answer', () => {
  const detailIn = async (language?: string) =>
    (await platform.get('/nothing', language === undefined ? {} : { 'Accept-Language': language })).body

  test.each([
    [undefined, 'Not found.'],
    ['*', 'Not found.'],
    ['de', 'Not found.'],
    ['en-GB, fr;q=0.9', 'Not found.'],
    ['fr;q=0, en', 'Not found.'],
    ['fr;q=0.4, en;q=0.5', 'Not found.'],
    ['fr', 'Introuvable.'],
    ['fr-CA', 'Introuvable.'],
    ['FR', 'Introuvable.'],
    ['de, fr;q=0.7, en;q=0.3', 'Introuvable.'],
    ['en;q=0.5, fr-CH;q=0.8', 'Introuvable.'],
    ['fr;q=oops, ;;;,,', expect.any(String)],
  ])('for Accept-Language %s is %s', async (language, detail) => {
    expect(await detailIn(language)).toMatchObject({ code: 'not_found', detail })
  })

  test('holds for what is wrong with the input, too', async () => {
    const { company_name: _, ...body } = signupBody('Langue', {
      plan: 'gold',
      admin_password: 'short',
      phone: 'call me',
      accept_terms: false,
      locale: 'de',
      extra: 1,
    })
    const { body: problem } = await platform.post('/signup', body, { 'Accept-Language': 'fr' })
    expect(problem.detail).toBe("La requête n'est pas valide : voyez errors.")
    const messages = Object.fromEntries(
      problem.errors.map(({ path, message }: { path: string; message: string }) => [path, message]),
    )
    expect(messages).toEqual({
      'body.company_name': 'Entrée invalide : chaîne de caractères attendu, indéfini reçu',
      'body.admin_password': 'devrait avoir au moins 8 caractères',
      'body.plan': 'devrait être une valeur parmi FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE',
      'body.phone': 'devrait être un numéro de téléphone',
      'body.accept_terms': 'doit être accepté',
      'body.locale': 'Option invalide : une valeur parmi "en"|"fr" attendue',
      body: 'Clé non reconnue : "extra"',
    })
  })

  test('holds for rules behind the schema', async () => {
    const weak = signupBody('Langue', { admin_password: 'password123' })
    const { body } = await platform.post('/signup', weak, { 'Accept-Language': 'fr' })
    expect(body.errors).toEqual([
      { path: 'body.admin_password', message: 'est un des mots de passe les plus courants' },
    ])
    const list = await platform.acme.get('/v1/clients?cursor=abc', { 'Accept-Language': 'fr' })
    expect(list.body.errors).toEqual([
      { path: 'query.cursor', message: "n'est pas un curseur de cette liste et de ce tri" },
    ])
  })

  test('a sentence without a translation stays as it is', () => {
    expect(toFrench('something else')).toBe('something else')
  })
})

test('every problem has both languages, and no two share a sentence', () => {
  for (const index of [1, 2] as const) {
    const sentences = Object.values(problems).map((problem) => problem[index])
    expect(new Set(sentences).size).toBe(sentences.length)
  }
})

describe('an error of our own', () => {
  test('is told as such, without stack, SQL or value', async () => {
    await platform.sql('alter table clients rename column notes to memos')
    try {
      const answer = await platform.acme.post('/v1/clients', { name: 'Tyrell', notes: 'secret-note-value' })
      expectProblem(answer, 500, 'internal_error')
      expect(Object.keys(answer.body).sort()).toEqual([
        'code',
        'detail',
        'request_id',
        'status',
        'title',
        'type',
      ])
      expect(JSON.stringify(answer.body)).not.toMatch(
        /notes|clients|column|select|at .*:\d+|secret-note-value/,
      )
    } finally {
      await platform.sql('alter table clients rename column memos to notes')
    }
  })

  test.each<[sqlstate: string, code: string]>([
    ['22P02', 'invalid_request'],
    ['22007', 'invalid_request'],
    ['22008', 'invalid_request'],
    ['22021', 'invalid_request'],
    ['23503', 'invalid_request'],
    ['23505', 'conflict'],
    ['40P01', 'overloaded'],
    ['57014', 'overloaded'],
    ['42501', 'internal_error'],
    ['42601', 'internal_error'],
    ['XX000', 'internal_error'],
  ])('SQLSTATE %s is %s', (code, expected) => {
    const told = toAppError(Object.assign(new Error('row value'), { code, severity: 'ERROR' }))
    expect(told).toMatchObject({ code: expected, errors: undefined, members: {} })
    expect(told.message).not.toContain('row value')
  })

  test.each([undefined, null, 'text', 7, {}, new Error('plain')])('thrown as %j is internal', (thrown) => {
    expect(toAppError(thrown).code).toBe('internal_error')
  })

  test('that means "try again" says when', () => {
    expect(new AppError('overloaded').headers).toEqual({ 'Retry-After': '1' })
  })
})

test('answers vary by origin and language where both matter', async () => {
  const { headers } = await platform.get('/nothing', { Origin: 'https://app.example.com' })
  expect(headers.get('vary')).toBe('Origin, Accept-Language')
  expect(headers.get('access-control-allow-origin')).toBe('https://app.example.com')
  expect(
    (await platform.get('/health', { Origin: 'https://evil.example' })).headers.get(
      'access-control-allow-origin',
    ),
  ).toBeNull()
})

test('answers say nothing of what serves them, and forbid sniffing', async () => {
  const { headers } = await platform.get('/nothing')
  expect(headers.get('x-powered-by')).toBeNull()
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('strict-transport-security')).toContain('max-age=')
})
