import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestHandler } from 'express'
import express from 'express'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clients } from '../../src/business/crm/clients.ts'
import type { Context } from '../../src/context.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { createMember, type Platform, startPlatform } from '../support/platform.ts'
import { listen, mount } from './disaster-server.ts'

// What would happen if one of the guards in front of the database were missing.
let platform: Platform
const servers: Server[] = []
const canary = 'canary-of-globex'

beforeAll(async () => {
  platform = await startPlatform()
  await platform.globex.post('/v1/clients', { name: canary })
})

afterAll(async () => {
  for (const server of servers) server.close()
  await platform.stop()
})

const asOther = { 'X-Tenant-ID': 'globex' }

test('with all guards, the header of the other tenant is a mismatch', async () => {
  const acme = await serveClients(platform.context)
  expect(await acme.get('/v1/clients', asOther)).toMatchObject({
    status: 403,
    body: { code: 'tenant_mismatch' },
  })
})

test('without the comparison of header and token, the request passes, yet stays in the tenant of the token', async () => {
  const ignoreHeader: RequestHandler = (request, _response, next) => {
    request.headers['x-tenant-id'] = 'acme'
    next()
  }
  const acme = await serveClients(platform.context, ignoreHeader)
  const { status, body } = await acme.get('/v1/clients', asOther)
  expect(status).toBe(200)
  expect(body.data).toEqual([])
})

test('with the tenant taken from the header, the membership still refuses', async () => {
  const acme = await serveClients(believing('globex'))
  expect(await acme.get('/v1/clients', asOther)).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  })
})

/** A context whose tokens say whatever tenant they are asked to. */
function believing(tenantId: string): Context {
  const { tokens } = platform.context
  const verifyAccess = async (token: string) => ({
    ...(await tokens.verifyAccess(token)),
    tenantId: tenantId as TenantId,
  })
  return { ...platform.context, tokens: { ...tokens, verifyAccess } }
}

function serveClients(context: Context, ...before: RequestHandler[]) {
  const app = express()
  for (const handler of before) app.use(handler)
  return caller(app.use(mount(context, [clients.routes.list])))
}

async function caller(app: express.Express) {
  const server = await listen(app)
  servers.push(server)
  const { token, tenantId, userId: id, email } = platform.acme
  return createMember(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    access_token: token,
    tenant_id: tenantId,
    user: { id, email },
  })
}
