import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'
import type { Context } from '../../../src/context.ts'
import type { TenantId } from '../../../src/db/tenant-id.ts'
import { errorHandler, notFound } from '../../../src/http/error-handler.ts'
import { observe } from '../../../src/http/observe.ts'
import { createOpenApiDocument } from '../../../src/http/openapi.ts'
import type { BaseCall, Reply, Route } from '../../../src/http/route.ts'
import { serve } from '../../../src/http/serve.ts'
import { type Operation, operationsOf } from '../../support/openapi/document.ts'
import { createExchange } from '../../support/openapi/exchange.ts'
import { listen } from '../disaster-server.ts'
import type { AttackStage } from './stage.ts'

// biome-ignore lint/suspicious/noExplicitAny: input of whatever route is spoilt
type Call = Pick<BaseCall<any, any, any>, 'input' | 'request'>

/** A mistake: what is done instead of what a sound route does, or around it. */
export type Spoil = (call: Call, sound: () => Promise<Reply>) => Promise<Reply>

/** Routes with a mistake in each, under the name of that mistake. */
export interface Plant {
  routes: readonly Route[]
  spoil?: Spoil
  /** Of the routes' declarations. */
  declare?: Partial<Route>
  /** Before the routes. */
  before?: RequestHandler
  /** What the server is given instead of the sound context. */
  context?: Context
}

/** The routes with the mistake in them, each at a path of its own. */
function spoilt(name: string, { routes, spoil, declare }: Plant): Route[] {
  return routes.map((route) => {
    const path = route.path.replace('/v1/', `/v1/planted/${name}/`)
    const sound = route.handler as (call: unknown) => Promise<Reply>
    const handler = (call: Call) => (spoil ? spoil(call, () => sound(call)) : sound(call))
    return { ...route, ...declare, path, handler } as unknown as Route
  })
}

/** Serves routes with a mistake on a stage's platform, with a document of their own and the examples of the sound ones. */
export async function plantOn(stage: AttackStage, name: string, plant: Plant) {
  const routes = spoilt(name, plant)
  const context = plant.context ?? stage.platform.context
  const app = express().set('trust proxy', 1).use(observe(context))
  if (plant.before) app.use(plant.before)
  for (const route of routes) {
    app[route.method.toLowerCase() as 'get' | 'post' | 'patch'](route.path, serve(context, route))
  }
  const server: Server = await listen(app.use(notFound).use(errorHandler(context)))
  const exchange = createExchange(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const document = createOpenApiDocument(routes, 'test')
  const operations = operationsOf(document)
  const exampleFor = (operation: Operation) => {
    const path = operation.path.replace(`planted/${name}/`, '')
    return stage.exampleFor({ ...operation, path, name: `${operation.method} ${path}` })
  }
  return {
    stage: { ...stage, exchange, document, operations, exampleFor },
    stop() {
      exchange.close()
      server.close()
    },
  }
}

/** A context that reads tokens and verifies nothing. */
export function believing(context: Context): Context {
  const { tokens } = context
  const verifyAccess = async (token: string) => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return {
      kind: 'user' as const,
      userId: claims.sub,
      sessionId: claims.sid,
      tenantId: claims.tenant_id as TenantId,
    }
  }
  return { ...context, tokens: { ...tokens, verifyAccess } }
}
