import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { z } from 'zod'
import type { Context } from '../../src/context.ts'
import { type DatabaseOptions, type OpenedDatabase, openDatabase, type Tx } from '../../src/db/database.ts'
import { errorHandler } from '../../src/http/error-handler.ts'
import { observe } from '../../src/http/observe.ts'
import { type Reply, type Route, route } from '../../src/http/route.ts'
import { serve } from '../../src/http/serve.ts'
import { createMember, type Member, type Platform } from '../support/platform.ts'

/** What the handler of the next request does. */
export type Handler = (tx: Tx, platform: Platform) => Promise<unknown>

/** A second server on a platform's database, with one connection for all tenants and one route of our making. */
export interface DisasterServer {
  url: string
  opened: OpenedDatabase
  acme: Member
  globex: Member
  /** The next requests to POST /disaster run this inside their tenant. */
  handleWith(handler: Handler): void
  stop(): Promise<void>
}

export async function startDisasterServer(
  platform: Platform,
  options: Partial<DatabaseOptions> = {},
): Promise<DisasterServer> {
  const { tenantUrl, platformUrl } = platform.database
  const opened = openDatabase({
    ...platform.context.config.database,
    tenantUrl,
    platformUrl,
    tenantPoolSize: 1,
    statementTimeoutMs: 5000,
    onError: () => undefined,
    ...options,
  })
  const context = { ...platform.context, db: opened.db }
  let handler: Handler = async () => undefined
  const disaster = route({
    scope: 'write',
    method: 'POST',
    path: '/disaster',
    summary: 'Whatever a test wants',
    permission: 'records:read',
    audit: { action: 'disaster.happened', objectType: 'disaster' },
    body: z.strictObject({ note: z.string().optional() }),
    response: { status: 204 },
    handler: async ({ tx }): Promise<Reply> => {
      await handler(tx, platform)
      return { status: 204, audited: { objectId: 'one', changedFields: [] } }
    },
  })
  const server = await listen(mount(context, [disaster]))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const memberOf = ({ token, tenantId, userId: id, email }: Member) =>
    createMember(url, { access_token: token, tenant_id: tenantId, user: { id, email } })
  return {
    url,
    opened,
    acme: memberOf(platform.acme),
    globex: memberOf(platform.globex),
    handleWith(next) {
      handler = next
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await opened.db.close()
    },
  }
}

/** The given routes as src/app.ts would serve them, without its limits. */
export function mount(context: Context, routes: Route[]): Express {
  const app = express().use(observe(context))
  for (const each of routes) app.all(each.path, serve(context, each))
  return app.use(errorHandler(context))
}

/** Listens on a free port. */
export function listen(app: Express): Promise<Server> {
  return new Promise((resolve) => {
    const server: Server = app.listen(0, '127.0.0.1', () => resolve(server))
  })
}
