import { partitioned } from './plant.ts'

/** What looks like a violation of a rule and is none: nothing turns red. T is the role of the test. */
export const sound: { what: string; plant: string }[] = [
  { what: 'an extension with a view that everybody may read', plant: 'create extension pg_stat_statements' },
  {
    what: 'an extension with a view in a schema that no rule knows',
    plant: `create schema planted; create extension pg_stat_statements schema planted;
      grant usage on schema planted to T`,
  },
  { what: 'a partition without a policy that nobody may use', plant: partitioned },
  {
    what: 'a view that asks as its reader, however that is written',
    plant: `create view planted with (check_option = local, security_invoker = t) as select * from clients;
      grant select on planted to T`,
  },
  {
    what: 'an index that is no tree',
    plant: `create index planted on clients using gin (to_tsvector('simple', name))`,
  },
  {
    what: 'a trigger that runs on replicas, too',
    plant: 'alter table invoices enable always trigger invoices_stay',
  },
]
