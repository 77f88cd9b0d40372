import { isolating } from '../isolating.ts'

/** A mistake of the platform, as SQL that makes it and takes it back. */
export interface Plant {
  mistake: string
  plant: string
  mend: string
}

/** A trigger by which a table does something else than it is told. */
function trigger(mistake: string, table: string, when: string, body: string): Plant {
  return {
    mistake,
    plant: `create function planted() returns trigger language plpgsql as $$ begin ${body} end $$;
      create trigger planted before ${when} on ${table} for each row execute function planted()`,
    mend: `drop trigger planted on ${table}; drop function planted()`,
  }
}

export const plants: Plant[] = [
  {
    mistake: 'a table shows the rows of other tenants',
    plant: 'alter policy tenant_isolation on clients using (true)',
    mend: `alter policy tenant_isolation on clients ${isolating}`,
  },
  trigger('what is deleted is still shown', 'deals', 'update', 'new.deleted_at := null; return new;'),
  trigger(
    'what is given back of a limit stays taken',
    'limit_counters',
    'update',
    'new.used := greatest(new.used, old.used); return new;',
  ),
  trigger(
    'a change leaves no entry in the audit trail',
    'audit_entries',
    'insert',
    "if new.action = 'client.created' then return null; end if; return new;",
  ),
  trigger(
    'a repeated request is done a second time',
    'idempotency_keys',
    'insert',
    'new.key := gen_random_uuid(); return new;',
  ),
  trigger('a session goes on after its end', 'sessions', 'delete', 'return null;'),
]
