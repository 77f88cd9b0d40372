import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { ok, type Route, route } from '../../http/route.ts'
import { userOf } from '../members/access.ts'
import { lowestRole, type Permission } from '../members/roles.ts'
import { moduleNames } from '../plans/plans.ts'
import { type MenuTable, menuFor, menuQuery, modulesOf, sectionsOf } from './menu.ts'

const item = z.strictObject({
  id: z.string(),
  label: z.string(),
  path: z.string(),
  permission: z.enum(Object.keys(lowestRole) as [Permission]),
  module: z.enum(moduleNames).optional(),
})

/** The menu, with these business tables in it. */
export function createMenuRoutes(tables: readonly MenuTable[]): readonly Route[] {
  const sections = sectionsOf(tables)
  return [
    route({
      scope: 'read',
      method: 'GET',
      path: '/v1/menu',
      summary: 'Where I can go in this tenant: what my role and its modules allow, in my language',
      permission: 'account:self',
      caller: 'user',
      response: {
        status: 200,
        body: z.strictObject({
          sections: z.array(z.strictObject({ id: z.string(), label: z.string(), items: z.array(item) })),
        }),
      },
      errors: ['not_found'],
      handler: async ({ read }) => {
        const { rows, principal } = await read((queries, claims) => menuQuery(queries, userOf(claims).userId))
        if (!rows[0]) throw new AppError('not_found')
        const { language, plan_modules, module_overrides } = rows[0]
        const modules = modulesOf(plan_modules, module_overrides)
        return ok({ sections: menuFor(sections, principal.role, modules, language === 'fr' ? 'fr' : 'en') })
      },
    }),
  ]
}
