import type { TenantQueryBuilder } from '../../db/database.ts'
import { isAllowed, type Permission, type Role } from '../members/roles.ts'
import type { Language } from '../notifications/templates.ts'
import { type ModuleName, moduleNames } from '../plans/plans.ts'

/** One place to go to: the group of the API behind it, and what its list asks of the caller. */
interface Item {
  id: string
  label: Record<Language, string>
  path: `/v1/${string}`
  permission: Permission
  module?: ModuleName
}

/** Items under one heading. */
export interface Section {
  id: string
  label: Record<Language, string>
  items: Item[]
}

const records = (id: string, path: Item['path'], en: string, fr: string): Item => ({
  id,
  label: { en, fr },
  path,
  permission: 'records:read',
})

/** The parts of the API that a plan opens, as sections: each holds the business tables of its module. */
const modules: Record<ModuleName, Record<Language, string>> = {
  crm: { en: 'Customers', fr: 'Clients' },
  accounting: { en: 'Accounting', fr: 'Comptabilité' },
  projects: { en: 'Projects', fr: 'Projets' },
  knowledge: { en: 'Knowledge', fr: 'Connaissances' },
  automation: { en: 'Automation', fr: 'Automatisation' },
  content: { en: 'Content', fr: 'Contenu' },
  production: { en: 'Production', fr: 'Production' },
  voice: { en: 'Voice', fr: 'Voix' },
  ai: { en: 'Artificial intelligence', fr: 'Intelligence artificielle' },
  bi: { en: 'Analytics', fr: 'Analyses' },
}

/** What modules have beside tables that everybody fills. */
const others: { [Module in ModuleName]?: Item[] } = {
  automation: [records('workflow_executions', '/v1/workflow-executions', 'Executions', 'Exécutions')],
  bi: [records('reports', '/v1/reports/sales', 'Reports', 'Rapports')],
}

/** A business table, as far as the menu shows it. */
export interface MenuTable {
  module: ModuleName
  table: { name: string }
  label: Record<Language, string>
  path: Item['path']
}

function itemsOf(module: ModuleName, tables: readonly MenuTable[]): Item[] {
  const lists = tables
    .filter((each) => each.module === module)
    .map(({ table, label, path }) => records(table.name, path, label.en, label.fr))
  return [...lists, ...(others[module] ?? [])].map((item) => ({ ...item, module }))
}

/** Everything that a menu can hold, in its order: the tables by their modules, and what every tenant has. */
export function sectionsOf(tables: readonly MenuTable[]): readonly Section[] {
  const ofModules = moduleNames.map((id) => ({ id, label: modules[id], items: itemsOf(id, tables) }))
  return [...ofModules.filter(({ items }) => items.length > 0), ...common]
}

const common: readonly Section[] = [
  {
    id: 'administration',
    label: { en: 'Administration', fr: 'Administration' },
    items: [
      {
        id: 'users',
        label: { en: 'Users', fr: 'Utilisateurs' },
        path: '/v1/users',
        permission: 'users:manage',
      },
      {
        id: 'invitations',
        label: { en: 'Invitations', fr: 'Invitations' },
        path: '/v1/invitations',
        permission: 'invitations:manage',
      },
      {
        id: 'api_keys',
        label: { en: 'API keys', fr: 'Clés d’API' },
        path: '/v1/api-keys',
        permission: 'api_keys:manage',
      },
      {
        id: 'settings',
        label: { en: 'Settings', fr: 'Paramètres' },
        path: '/v1/settings',
        permission: 'settings:manage',
      },
      {
        id: 'audit',
        label: { en: 'Audit trail', fr: 'Journal d’audit' },
        path: '/v1/audit',
        permission: 'audit:read',
      },
      {
        id: 'support_sessions',
        label: { en: 'Access by support', fr: 'Accès de l’assistance' },
        path: '/v1/support-sessions',
        permission: 'audit:read',
      },
      records('usage', '/v1/usage', 'Usage', 'Utilisation'),
      records('credits', '/v1/credits', 'Credits', 'Crédits'),
      {
        id: 'billing',
        label: { en: 'Billing', fr: 'Facturation' },
        path: '/v1/billing/subscription',
        permission: 'billing:manage',
      },
    ],
  },
  {
    id: 'account',
    label: { en: 'My account', fr: 'Mon compte' },
    items: [
      { id: 'me', label: { en: 'Profile', fr: 'Profil' }, path: '/v1/me', permission: 'account:self' },
      {
        id: 'notifications',
        label: { en: 'Notifications', fr: 'Notifications' },
        path: '/v1/notifications',
        permission: 'account:self',
      },
      {
        id: 'notification_preferences',
        label: { en: 'Notification preferences', fr: 'Préférences de notification' },
        path: '/v1/notification-preferences',
        permission: 'account:self',
      },
    ],
  },
]

/** What a person's menu depends on beside their role, as one row. */
export function menuQuery(queries: TenantQueryBuilder, userId: string) {
  return queries
    .selectFrom('memberships')
    .innerJoin('tenant_settings', 'tenant_settings.tenant_id', 'memberships.tenant_id')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .innerJoin('plans', 'plans.plan', 'tenants.plan')
    .select((eb) => eb.fn.coalesce('memberships.language', 'tenant_settings.language').as('language'))
    .select(['plans.modules as plan_modules', 'tenants.module_overrides'])
    .where('memberships.user_id', '=', userId)
}

/** The modules of a tenant: those of its plan, but for what it has or has not of its own. */
export function modulesOf(planModules: readonly string[], overrides: unknown): ModuleName[] {
  const own = overrides as Partial<Record<ModuleName, boolean>>
  return moduleNames.filter((name) => own[name] ?? planModules.includes(name))
}

/** What of these sections a role may go to in a tenant that has these modules; those without anything are left out. */
export function menuFor(
  sections: readonly Section[],
  role: Role,
  modules: readonly ModuleName[],
  language: Language,
) {
  const isOpen = ({ module, permission }: Item) =>
    (module === undefined || modules.includes(module)) && isAllowed(role, permission)
  return sections
    .map(({ id, label, items }) => ({
      id,
      label: label[language],
      items: items.filter(isOpen).map((item) => ({ ...item, label: item.label[language] })),
    }))
    .filter(({ items }) => items.length > 0)
}
