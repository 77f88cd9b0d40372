import { isolating } from '../../support/isolating.ts'

/** A violation, and the statements that mend it. T, P and OWNER are the roles of the test, DB its database. */
export interface Plant {
  /** The rule that it turns red. */
  rule: string
  /** Other rules that it violates, too; `any` where so much is open that naming them says nothing. */
  also?: string[] | 'any'
  plant: string
  mend: string
}

/** The statement of a major version that knows it, and another one for those before. */
export function since(major: number, sql: string, before: string): string {
  return `do $do$ begin
    if current_setting('server_version_num')::int >= ${major}0000 then ${execute(sql)} else ${execute(before)} end if;
  end $do$`
}

function execute(sql: string): string {
  return `execute $$${sql}$$;`
}

/** A table with a partition that nobody has a right on, and that has no policy yet: the next start gives it one. */
export const partitioned = `create table planted (like saved_queries including all, foreign key (tenant_id) references tenants)
    partition by hash (tenant_id);
  create table planted_part partition of planted for values with (modulus 1, remainder 0);
  alter table planted enable row level security, force row level security;
  create policy tenant_isolation on planted ${isolating};
  alter table planted owner to OWNER; alter table planted_part owner to OWNER`
