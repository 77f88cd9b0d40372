import { type Plant, since } from './plant.ts'

/** What the roles of the running server are, and what they could become. */
export const rolePlants: Plant[] = [
  ...['T', 'P'].flatMap((role) =>
    ['superuser', 'bypassrls', 'createrole', 'replication'].map(
      (power): Plant => ({
        rule: 'has-no-powers',
        ...(power === 'superuser' && { also: 'any' }),
        plant: `alter role ${role} ${power}`,
        mend: `alter role ${role} no${power}`,
      }),
    ),
  ),
  ...['pg_read_all_data', 'pg_write_server_files', 'pg_read_all_stats', 'pg_monitor'].map(
    (granted): Plant => ({
      rule: 'has-no-powers',
      also: 'any',
      plant: `grant ${granted} to T`,
      mend: `revoke ${granted} from T`,
    }),
  ),
  ...['T', 'P'].map(
    (role): Plant => ({
      rule: 'has-no-needless-powers',
      plant: `alter role ${role} createdb`,
      mend: `alter role ${role} nocreatedb`,
    }),
  ),
  {
    rule: 'has-no-needless-powers',
    also: ['belongs-to-no-role'],
    plant: 'create role planted_middle createdb noinherit; grant planted_middle to T',
    mend: 'drop role planted_middle',
  },
  {
    rule: 'has-no-needless-powers',
    also: ['belongs-to-no-role'],
    plant: 'grant pg_signal_backend to P',
    mend: 'revoke pg_signal_backend from P',
  },
  {
    rule: 'has-no-needless-powers',
    also: ['belongs-to-no-role'],
    plant: since(16, 'grant pg_create_subscription to T', 'grant pg_signal_backend to T'),
    mend: since(16, 'revoke pg_create_subscription from T', 'revoke pg_signal_backend from T'),
  },
  { rule: 'has-no-powers', also: 'any', plant: 'grant OWNER to T', mend: 'revoke OWNER from T' },
  {
    rule: 'has-no-powers',
    also: 'any',
    plant: 'grant OWNER to P with admin option',
    mend: 'revoke OWNER from P',
  },
  {
    rule: 'has-no-powers',
    also: 'any',
    plant: 'create role planted_middle noinherit; grant OWNER to planted_middle; grant planted_middle to T',
    mend: 'drop role planted_middle',
  },
  {
    rule: 'has-no-powers',
    also: ['belongs-to-no-role'],
    plant: 'create role planted_mighty bypassrls; grant planted_mighty to T',
    mend: 'drop role planted_mighty',
  },
  {
    rule: 'owns-nothing',
    also: 'any',
    plant: 'alter table clients owner to T',
    mend: 'alter table clients owner to OWNER; grant select, insert, update, delete on clients to T',
  },
  {
    rule: 'owns-nothing',
    also: 'any',
    plant: 'create schema planted authorization P',
    mend: 'drop schema planted',
  },
  {
    rule: 'owns-nothing',
    plant: `create function planted() returns int language sql return 1;
      revoke all on function planted from public; alter function planted owner to P`,
    mend: 'drop function planted',
  },
  {
    rule: 'owns-nothing',
    also: 'any',
    plant: 'alter database DB owner to T',
    mend: 'alter database DB owner to CURRENT_USER',
  },
]
