import { isolating } from '../support/isolating.ts'
import type { Attack } from './attack.ts'
import { byName } from './attacks.ts'

/** A guard, how a superuser takes it away and puts it back, and the attack that it stops. */
export interface Plant {
  guard: string
  /** SQL of a superuser. ROLE, PLATFORM, OWNER stand for names. */
  plant: string
  mend: string
  attack: Attack
  /** The tenant of the attacking connection. */
  as?: 'none'
  /** What src/db/doctor.ts calls it. */
  doctor: string
}

const special = (...statements: string[]): Attack => ({
  name: statements.join('; '),
  kind: 'read',
  refusedWith: ['42501', '42P01', '42883'],
  statements: () => statements.map((text) => ({ text })),
})
const reading = byName('by its key')

export const plants: Plant[] = [
  {
    guard: 'row security',
    plant: 'alter table saved_queries disable row level security',
    mend: 'alter table saved_queries enable row level security',
    attack: reading,
    doctor: 'row-security-is-forced',
  },
  {
    guard: 'the tenant in the policy',
    plant: 'alter policy tenant_isolation on saved_queries using (true)',
    mend: `alter policy tenant_isolation on saved_queries ${isolating}`,
    attack: byName('a delete by key'),
    doctor: 'policies-are-canonical',
  },
  {
    guard: 'the policy with check, for inserts',
    plant: 'alter policy tenant_isolation on saved_queries with check (true)',
    mend: `alter policy tenant_isolation on saved_queries ${isolating}`,
    attack: byName("an insert with the other's tenant_id"),
    doctor: 'policies-are-canonical',
  },
  {
    guard: 'the policy with check, for updates',
    plant: 'alter policy tenant_isolation on saved_queries with check (true)',
    mend: `alter policy tenant_isolation on saved_queries ${isolating}`,
    attack: byName("an update that moves a row to the other's"),
    doctor: 'policies-are-canonical',
  },
  {
    guard: 'one policy and no second',
    plant: 'create policy helpful on saved_queries for select using (true)',
    mend: 'drop policy helpful on saved_queries',
    attack: byName('by counting'),
    doctor: 'policies-are-canonical',
  },
  {
    guard: 'a role without BYPASSRLS',
    plant: 'alter role ROLE bypassrls',
    mend: 'alter role ROLE nobypassrls',
    attack: reading,
    doctor: 'has-no-powers',
  },
  {
    guard: 'a role that is no superuser',
    plant: 'alter role ROLE superuser',
    mend: 'alter role ROLE nosuperuser',
    attack: byName('a truncate'),
    doctor: 'has-no-powers',
  },
  {
    guard: 'a role that is no member of the owner',
    plant: 'grant OWNER to ROLE',
    mend: 'revoke OWNER from ROLE',
    attack: special(
      'set local role OWNER',
      'alter table saved_queries no force row level security',
      'select name from saved_queries',
    ),
    doctor: 'has-no-powers',
  },
  {
    guard: 'a role without a tenant of its own',
    plant: 'alter role ROLE set app.tenant_id = globex',
    mend: 'alter role ROLE reset app.tenant_id',
    attack: reading,
    as: 'none',
    doctor: 'no-row-without-a-tenant',
  },
  {
    guard: 'set_config revoked',
    plant: 'grant execute on function set_config to ROLE',
    mend: 'revoke execute on function set_config from ROLE',
    attack: special("select set_config('app.tenant_id', 'globex', true)", 'select name from saved_queries'),
    doctor: 'cannot-call-set-config',
  },
  {
    guard: 'users out of reach',
    plant: 'grant select (email) on users to ROLE',
    mend: 'revoke select (email) on users from ROLE',
    attack: special('select email from users'),
    doctor: 'global-tables-are-closed-to-tenants',
  },
  {
    guard: 'no view over a table',
    plant: 'create view all_queries as select * from saved_queries; grant select on all_queries to ROLE',
    mend: 'drop view all_queries',
    attack: special('select name from all_queries'),
    doctor: 'views-ask-as-their-reader',
  },
  {
    guard: 'no function of a superuser',
    plant: `create function all_queries() returns setof text language sql security definer
      as 'select name from public.saved_queries'; grant execute on function all_queries() to ROLE`,
    mend: 'drop function all_queries()',
    attack: special('select all_queries()'),
    doctor: 'functions-respect-row-security',
  },
]

/** What a function of the owner tells or does, who asks no guard; and what is found of it. */
export const leakingFunctions: [what: string, returns: string, body: string, problem: RegExp][] = [
  ['tells a name', 'text', 'select name from saved_queries where id = $1', /tells .*canary-of-globex/],
  ['tells that it is there', 'bool', 'select exists (select from saved_queries where id = $1)', /never was/],
  ['changes a row', 'void', `update saved_queries set name = 'x' where id = $1`, /changes saved_queries/],
]
