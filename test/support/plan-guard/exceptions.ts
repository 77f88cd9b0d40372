import type { Rule } from './rules.ts'

/** Statements that are meant to break a rule. */
export interface Exception {
  role: 'tenant' | 'platform'
  /** Files that they come from, or functions that they stand in; any, where only an index says what is meant. */
  from?: string[]
  /** Any, where none is named; and so of the indexes. */
  tables?: string[]
  indexes?: string[]
  /** The one rule that they break; any, where none is named. */
  rule?: Rule
  why: string
}

/** What these ask is asked outside any tenant, and gets no row. */
export const outsideTenants = ['src/readiness.ts', 'src/db/doctor.ts']

/** May look at rows of several tenants, by whatever index serves that. */
export const acrossTenants: Exception[] = [
  {
    role: 'tenant',
    tables: ['memberships'],
    indexes: ['memberships_user_id'],
    rule: 'index not led by tenant_id',
    why: 'the few memberships of one person: either index finds a row at the same cost, and this one is the smaller',
  },
  {
    role: 'platform',
    from: ['src/features/statistics/revenue.ts', 'src/features/statistics/statistics.ts'],
    why: 'totals of all tenants, for an operator',
  },
  {
    role: 'platform',
    from: ['src/features/plans/impact.ts'],
    why: 'whom a change of the catalogue puts over a limit, for an operator',
  },
  {
    role: 'platform',
    from: ['src/features/tenants/tenant-list.ts', 'src/features/tenants/near-ids.ts'],
    tables: ['tenants', 'memberships'],
    why: 'an operator looks for tenants',
  },
  {
    role: 'platform',
    from: ['src/features/tenants/slug.ts'],
    tables: ['tenants'],
    why: 'the ids that begin like a new one, in a range of the primary key',
  },
  {
    role: 'platform',
    from: ['src/jobs/each-tenant.ts'],
    why: 'a task asks which tenants have work, in pages',
  },
  {
    role: 'platform',
    from: ['src/features/plans/request-rates.ts'],
    tables: ['tenants'],
    why: 'counts of many tenants are merged in one statement',
  },
  {
    role: 'platform',
    from: [
      'src/features/accounts/people.ts',
      'src/features/invitations/accept-invitation.ts',
      'src/features/sessions/login.ts',
      'src/features/sessions/refresh.ts',
      'src/features/sessions/sessions.ts',
      'src/features/tenants/tenant-mails.ts',
      'src/features/deletion/tenant-rows.ts',
    ],
    tables: ['memberships', 'tenants'],
    why: 'the few memberships of one person or session, in whichever tenants',
  },
  {
    role: 'platform',
    from: [
      'src/features/billing/customers.ts',
      'src/features/billing/inbox.ts',
      'src/features/billing/known.ts',
    ],
    tables: ['billing_accounts'],
    why: 'Stripe names a customer, and which tenant that is has to be found',
  },
  {
    role: 'platform',
    from: [
      'src/features/plans/change-plan.ts',
      'src/features/tenants/new-tenant.ts',
      'src/features/tenants/tenant-detail.ts',
    ],
    tables: ['limit_counters', 'tenant_settings', 'tenants'],
    why: 'app.usage_at() gives its tenant_id in the collation of the database, in which no index is ordered',
  },
]

/**
 * May read a table in sequence when it is planned for the tenant that has nearly all of it: they ask for all of a
 * tenant's rows, or sort by what no index is ordered by.
 */
export const wholeTenants: Exception[] = [
  {
    role: 'platform',
    from: ['app.count_tenant_rows'],
    why: 'counts all rows of one tenant',
  },
  {
    role: 'platform',
    from: ['app.purge_batch', 'app.forget_notifications'],
    why: 'deletes rows of one tenant by the thousand',
  },
  {
    role: 'platform',
    from: ['app.recount_users', 'src/features/invitations/invitations.ts'],
    tables: ['memberships', 'invitations'],
    why: 'counts the seats of one tenant, which are few',
  },
]
