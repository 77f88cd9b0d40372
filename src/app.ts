import express, { type Express, type RequestHandler, Router } from 'express'
import { reportRoutes } from './business/bi/reports.ts'
import { resources } from './business/resources.ts'
import type { Context } from './context.ts'
import { AppError } from './errors.ts'
import { accountRoutes } from './features/accounts/routes.ts'
import { apiKeyRoutes } from './features/api-keys/routes.ts'
import { platformAuditRoutes } from './features/audit/platform-audit-routes.ts'
import { auditRoutes } from './features/audit/routes.ts'
import { billingAdminRoutes } from './features/billing/admin-routes.ts'
import { billingRoutes } from './features/billing/routes.ts'
import { webhookRoutes } from './features/billing/webhook-routes.ts'
import { creditAdminRoutes } from './features/credits/admin-routes.ts'
import { creditRoutes } from './features/credits/routes.ts'
import { deletionRoutes } from './features/deletion/routes.ts'
import { docsRoutes } from './features/docs/routes.ts'
import { healthRoutes } from './features/health/routes.ts'
import { invitationRoutes } from './features/invitations/routes.ts'
import { memberRoutes } from './features/members/routes.ts'
import { createMenuRoutes } from './features/menu/routes.ts'
import { notificationTemplateRoutes } from './features/notification-templates/admin-routes.ts'
import { notificationRoutes } from './features/notifications/routes.ts'
import { planAdminRoutes } from './features/plans/admin-routes.ts'
import { sessionRoutes } from './features/sessions/routes.ts'
import { settingsRoutes } from './features/settings/routes.ts'
import { signupRoutes } from './features/signup/routes.ts'
import { statisticsRoutes } from './features/statistics/routes.ts'
import { superAdminRoutes } from './features/super-admins/routes.ts'
import { supportSessionAdminRoutes } from './features/support-sessions/admin-routes.ts'
import { supportSessionRoutes } from './features/support-sessions/routes.ts'
import { systemSettingsRoutes } from './features/system-settings/admin-routes.ts'
import { tenantAdminRoutes } from './features/tenants/admin-routes.ts'
import { explainRoutes } from './features/tenants/explain-routes.ts'
import { provisionRoutes } from './features/tenants/provision-routes.ts'
import { tenantListRoutes } from './features/tenants/tenant-list-routes.ts'
import { usageRoutes } from './features/usage/routes.ts'
import { cors } from './http/cors.ts'
import { errorHandler, notFound } from './http/error-handler.ts'
import { observe } from './http/observe.ts'
import { createRateLimits } from './http/rate-limits.ts'
import type { Route } from './http/route.ts'
import { securityHeaders } from './http/security-headers.ts'
import { serve } from './http/serve.ts'

/** Every endpoint there is. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...docsRoutes,
  ...signupRoutes,
  ...sessionRoutes,
  ...accountRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...apiKeyRoutes,
  ...settingsRoutes,
  ...notificationRoutes,
  ...createMenuRoutes(resources),
  ...auditRoutes,
  ...creditRoutes,
  ...creditAdminRoutes,
  ...superAdminRoutes,
  ...planAdminRoutes,
  ...systemSettingsRoutes,
  ...notificationTemplateRoutes,
  ...tenantListRoutes,
  ...provisionRoutes,
  ...statisticsRoutes,
  ...platformAuditRoutes,
  ...tenantAdminRoutes,
  ...supportSessionAdminRoutes,
  ...supportSessionRoutes,
  ...explainRoutes,
  ...deletionRoutes,
  ...billingRoutes,
  ...webhookRoutes,
  ...billingAdminRoutes,
  ...usageRoutes,
  ...resources.flatMap((resource) => Object.values(resource.routes)),
  ...reportRoutes,
]

/** The whole HTTP application, in the order in which a request meets it. */
export function createApp(context: Context): Express {
  const app = express()
  app.set('trust proxy', context.config.trustProxyHops)
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.disable('etag')
  app.disable('x-powered-by')
  app.use(observe(context))
  app.use(securityHeaders())
  app.use(cors(context.config.allowedOrigins))
  mountRoutes(app, context)
  app.use(notFound)
  app.use(errorHandler(context))
  return app
}

/**
 * Mounts each route at its path. Express looks through its routes one by one, so those whose paths begin alike have a
 * router of their own, which is found by that beginning.
 */
function mountRoutes(app: Express, context: Context): void {
  const rateLimits = createRateLimits(context)
  const routers = new Map<string, Router>()
  const paths = Map.groupBy(routes, (route) => route.path)
  for (const [path, atPath] of paths) {
    const router = routers.get(beginningOf(path)) ?? Router({ caseSensitive: true })
    routers.set(beginningOf(path), router)
    const mounted = router.route(path)
    for (const route of atPath) {
      const method = route.method.toLowerCase() as 'get' | 'post' | 'patch' | 'put' | 'delete'
      const guards: RequestHandler[] = route.rateLimit ? [rateLimits.perAddress[route.rateLimit]] : []
      mounted[method](...guards, serve(context, route, rateLimits.perAccount))
    }
    const methods = atPath.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    mounted.all(() => {
      throw new AppError('method_not_allowed', { headers: { Allow: methods.join(', ') } })
    })
  }
  app.use((request, response, next) => {
    const router = routers.get(beginningOf(request.path))
    if (router) router(request, response, next)
    else next()
  })
}

/** Such as /auth or /v1/clients: no path has a parameter in it. */
function beginningOf(path: string): string {
  const [, first, second] = path.split('/', 3)
  return first === 'v1' ? `/v1/${second}` : `/${first}`
}
