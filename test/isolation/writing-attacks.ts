import { type Attack, command, denied, fresh, inserting, inTheWay, isTheirs, write } from './attack.ts'
import type { OwnedTable } from './catalogue.ts'
import { insertInto } from './world.ts'

const onConflict = ({ primaryKey }: OwnedTable, action: string) =>
  `on conflict (${primaryKey.join(', ')}) do ${action}`
const touched = 'update set updated_at = excluded.updated_at'
const columns = ({ theirs }: OwnedTable) => Object.keys(theirs).filter((name) => name !== 'tenant_id')
/** Asked for in what a write of one's own returns. */
const whatOthersHave = ({ name }: OwnedTable) =>
  `(select string_agg(x::text, ',') from ${name} x where x.${isTheirs}) as told,
   (select count(*) from ${name} x where x.${isTheirs}) as found`
const ofItsOwn: Partial<Attack> = { kind: 'read', isUndone: true, refusedWith: [denied, ...inTheWay] }

const inserts: Attack[] = [
  inserting("an insert with the other's tenant_id", (table) =>
    insertInto(table.name, fresh(table, table.theirs)),
  ),
  inserting("an insert with the other's tenant_id, returning", (table) =>
    insertInto(table.name, fresh(table, table.theirs), 'returning *'),
  ),
  // That it does nothing would tell that the row is there.
  inserting(
    'an insert on conflict do nothing',
    (table) => insertInto(table.name, table.theirs, onConflict(table, 'nothing')),
    { kind: 'command' },
  ),
  inserting(
    'an insert on any conflict do nothing',
    (table) => insertInto(table.name, table.theirs, 'on conflict do nothing'),
    { kind: 'command' },
  ),
  inserting("an insert on conflict with the other's key", (table) =>
    insertInto(table.name, table.theirs, onConflict(table, touched)),
  ),
  inserting('an insert that moves its own row on conflict', (table) =>
    insertInto(table.name, table.mine, onConflict(table, "update set tenant_id = 'globex'")),
  ),
  inserting(
    "an insert of its own that returns the other's",
    (table) => insertInto(table.name, fresh(table, table.mine), `returning ${whatOthersHave(table)}`),
    ofItsOwn,
  ),
  inserting(
    "an insert on conflict with itself that returns the other's",
    (table) =>
      insertInto(table.name, table.mine, `${onConflict(table, touched)} returning ${whatOthersHave(table)}`),
    ofItsOwn,
  ),
  write(
    'an insert from a select',
    ({ name }) => `insert into ${name} select t.* from ${name} t where ${isTheirs}`,
  ),
  write('an insert that makes a row its own', (table) => {
    const rest = columns(table)
    return `insert into ${table.name} (tenant_id, ${rest}) select 'acme', ${rest} from ${table.name} where ${isTheirs}`
  }),
]

const updates: Attack[] = [
  write('an update by key', ({ name, key }) => {
    return `update ${name} set updated_at = now() where ${key} = $1 returning *`
  }),
  write(
    "an update by the other's tenant_id",
    ({ name }) => `update ${name} set updated_at = now() where ${isTheirs}`,
  ),
  write('an update through a join', ({ name }) => {
    return `update ${name} a set updated_at = now() from ${name} b where b.${isTheirs} and a.${isTheirs}`
  }),
  write('an update in a CTE', ({ name }) => {
    return `with gone as (update ${name} set updated_at = now() where ${isTheirs} returning *) select * from gone`
  }),
  write("an update that moves a row to the other's", ({ name }) => `update ${name} set tenant_id = 'globex'`),
  write('an update that makes a row its own', ({ name }) => {
    return `update ${name} set tenant_id = 'acme' where ${isTheirs}`
  }),
  write('an update that moves a row to where another is', ({ name }) => {
    return `update ${name} a set tenant_id = b.tenant_id from ${name} b where b.${isTheirs}`
  }),
  write('an update with a null that fails on it', ({ name }) => {
    return `update ${name} set created_at = null where ${isTheirs}`
  }),
  write(
    'an update where a cursor stands',
    ({ name }) => {
      return `declare c cursor for select * from ${name} where ${isTheirs} for update; fetch next from c;
        update ${name} set updated_at = now() where current of c`
    },
    { refusedWith: [denied, '24000'] },
  ),
  write(
    "an update of its own that returns the other's",
    (table) => `update ${table.name} set updated_at = updated_at returning ${whatOthersHave(table)}`,
    ofItsOwn,
  ),
  write(
    'an update that returns what was there',
    ({ name }) => `update ${name} set updated_at = now() where ${isTheirs} returning old.*, new.*`,
    { since: 18 },
  ),
]

const deletes: Attack[] = [
  write('a delete by key', ({ name, key }) => `delete from ${name} where ${key} = $1 returning *`),
  write("a delete by the other's tenant_id", ({ name }) => `delete from ${name} where ${isTheirs}`),
  write('a delete using a join', ({ name }) => {
    return `delete from ${name} a using ${name} b where a.${isTheirs} and b.${isTheirs}`
  }),
  write(
    'a delete where a cursor stands',
    ({ name }) => {
      return `declare c cursor for select * from ${name} where ${isTheirs} for update; fetch next from c;
        delete from ${name} where current of c`
    },
    { refusedWith: [denied, '24000'] },
  ),
  write(
    "a delete of its own that returns the other's",
    (table) => `delete from ${table.name} where tenant_id = 'acme' returning ${whatOthersHave(table)}`,
    ofItsOwn,
  ),
  write(
    'a delete that returns what was there',
    ({ name }) => `delete from ${name} where ${isTheirs} returning old.*`,
    { since: 18 },
  ),
]

const byName = (name: string) => `merge into ${name} t using (values ('globex')) v (id) on t.tenant_id = v.id`
const merges: Attack[] = [
  write('a merge that deletes', ({ name }) => `${byName(name)} when matched then delete`),
  write('a merge that updates', ({ name }) => {
    return `${byName(name)} when matched then update set updated_at = now()`
  }),
  write('a merge that makes a row its own', ({ name }) => {
    return `${byName(name)} when matched then update set tenant_id = 'acme'`
  }),
  write("a merge that moves a row to the other's", ({ name }) => {
    return `merge into ${name} t using (values (1)) v (n) on t.tenant_id is not null
      when matched then update set tenant_id = 'globex'`
  }),
  write("a merge with the other's rows", ({ name }) => {
    return `merge into ${name} t using ${name} o on o.${isTheirs} and o.tenant_id = t.tenant_id when matched then delete`
  }),
  inserting('a merge that inserts', (table) => {
    const row = fresh(table, table.theirs)
    const { text, values } = insertInto(table.name, row)
    const whole = text.replace(`insert into ${table.name}`, 'insert')
    return {
      text: `merge into ${table.name} t using (values (1)) v (n) on false when not matched then ${whole}`,
      values,
    }
  }),
  write(
    'a merge that deletes what no source has',
    ({ name }) => {
      return `merge into ${name} t using (values (1)) v (n) on false
        when not matched by source and t.${isTheirs} then delete`
    },
    { since: 17 },
  ),
  write(
    'a merge that returns',
    ({ name }) => `${byName(name)} when matched then update set updated_at = now() returning t.*`,
    { since: 17 },
  ),
]

const copies: Attack[] = [
  write('copying rows in', ({ name }) => `copy ${name} from stdin`, { refusedWith: [denied, '0A000'] }),
  write('copying tenants in', ({ name }) => `copy ${name} (tenant_id) from stdin (format csv)`, {
    refusedWith: [denied, '0A000'],
  }),
  write('copying out what an update returns', ({ name }) => {
    return `copy (update ${name} set updated_at = now() where ${isTheirs} returning *) to stdout`
  }),
  write('copying out what a delete returns', ({ name }) => {
    return `copy (delete from ${name} where ${isTheirs} returning *) to stdout`
  }),
]

const commands: Attack[] = [
  command('a truncate', ({ name }) => `truncate ${name} cascade`),
  command('no row security', ({ name }) => `alter table ${name} disable row level security`),
  command('no forced row security', ({ name }) => `alter table ${name} no force row level security`),
  command('a policy of its own', ({ name }) => `create policy mine on ${name} using (true)`),
  command('no policy', ({ name }) => `drop policy tenant_isolation on ${name}`),
  command('a trigger', ({ name }) => {
    return `create trigger mine after insert on ${name} for each row
      execute function suppress_redundant_updates_trigger()`
  }),
  command('a rule', ({ name }) => `create rule mine as on insert to ${name} do also select 1`),
  command('a view', ({ name }) => `create view mine as select * from ${name}`),
  command('an index', ({ name }) => `create unique index mine on ${name} (created_at)`),
  command('statistics', ({ name }) => `create statistics mine on tenant_id, created_at from ${name}`),
  command('another owner', ({ name }) => `alter table ${name} owner to current_user`),
  command('a drop', ({ name }) => `drop table ${name} cascade`),
]

/** Whatever could change a row, move one, or change what protects it. */
export const writingAttacks: Attack[] = [
  ...inserts,
  ...updates,
  ...deletes,
  ...merges,
  ...copies,
  ...commands,
]
