import { deepStrictEqual } from 'node:assert'
import { type LoadOptions, openLoad } from './load.ts'
import type { Bench } from './parts.ts'
import { compare, type Row } from './rounds.ts'
import type { Bearer } from './stage.ts'
import type { Subject } from './subject.ts'

/** A subject and what the result calls it. */
export interface Named {
  name: string
  subject: Subject
}

/** A server, and how it is asked for what all are asked for. */
export interface Entrant extends Named {
  request: Pick<LoadOptions, 'method' | 'path' | 'body'>
  /** Takes from its answer what has to be the same of all; the answer itself when it is left out. */
  read?(answer: unknown): unknown
}

/** Somebody with a token, and with the ids of some of their own clients where the request needs one. */
export type Asker = Bearer & { ids?: string[] }

/**
 * Requests per second of each, with 32 connections that are never idle.
 * @param askers of whom one is chosen at random for each request
 */
export async function compareServers(
  bench: Bench,
  entrants: Entrant[],
  askers: Asker[],
): Promise<{ rows: Row[]; by: string }> {
  const contenders = []
  let by = ''
  for (const { name, subject, request } of entrants) {
    const load = await openLoad(bench.stage.folder, { ...request, bearers: askers })
    bench.stopAfter(() => load.stop())
    by = load.by
    contenders.push({ name, measure: (milliseconds: number) => load.measure(subject, milliseconds) })
  }
  return { rows: await compare(contenders, bench.pace), by }
}

/** @throws Error when they answer otherwise, or one lets somebody in whom Tenantry refuses */
export async function expectSameAnswers(entrants: Entrant[], askers: Asker[]): Promise<void> {
  const [first, second] = askers as [Asker, Asker]
  for (const asker of askers.slice(0, 3)) {
    await expectSame(entrants, async ({ subject, request, read = (answer: unknown) => answer }) => {
      const { status, body } = await ask(subject, request, asker)
      if (status !== 200) throw new Error(`${request.path} was answered ${status}: ${body}`)
      return read(JSON.parse(body))
    })
  }
  await expectSame(entrants, async ({ name, subject, request }) => {
    const statusOf = async (changes: Record<string, string | undefined>) =>
      (await ask(subject, request, first, changes)).status
    const refusals = {
      'without a token': await statusOf({ Authorization: undefined }),
      'with a bad token': await statusOf({ Authorization: `Bearer ${second.token.slice(0, -6)}AAAAAA` }),
      'without X-Tenant-ID': await statusOf({ 'X-Tenant-ID': undefined }),
      'with that of another tenant': await statusOf({ 'X-Tenant-ID': second.tenantId }),
    }
    deepStrictEqual(Object.values(refusals), [401, 401, 400, 403], `${name}: ${JSON.stringify(refusals)}`)
    return refusals
  })
}

/** @throws Error when one of them gives another answer than the first */
export async function expectSame<One extends Named>(
  entrants: One[],
  answer: (entrant: One) => Promise<unknown>,
): Promise<void> {
  let first: unknown
  for (const [index, entrant] of entrants.entries()) {
    const own = await answer(entrant)
    if (index === 0) first = own
    deepStrictEqual(own, first, `${entrant.name} answers something else than ${entrants[0]?.name}`)
  }
}

/**
 * Sends one request, as the load does.
 * @param changes headers to replace, or to leave out with undefined
 */
export async function ask(
  subject: Subject,
  { method, path, body }: Entrant['request'],
  { tenantId, token, ids }: Asker,
  changes: Record<string, string | undefined> = {},
): Promise<{ status: number; body: string }> {
  const fill = (text: string) => text.replaceAll('{tenant_id}', tenantId).replaceAll('{id}', ids?.[0] ?? '')
  const headers = {
    Authorization: `Bearer ${token}`,
    'X-Tenant-ID': tenantId,
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...changes,
  }
  const response = await fetch((await subject.ask<string>('url')) + fill(path), {
    method,
    headers: Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    body: body === undefined ? undefined : fill(body),
  })
  return { status: response.status, body: await response.text() }
}
