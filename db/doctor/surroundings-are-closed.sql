-- warning, for Tenantry: What everybody may do in a new database and the migrate step takes away: a DO block, large objects,
-- what other sessions run, their end, their locks. An upgrade and a restored dump give it back; migrate takes it again.
with closed as (
  select entry, part[1] as privilege, part[2] as kind, part[3] as object
  from unnest(:'closed_rights'::text[]) entry, regexp_match(entry, '^(\w+) on (\w+) (.+)$') part
)
select format('%s has %s', who.name, closed.entry) as problem
from closed, unnest(array['public', :'tenant_role']) who (name)
where case closed.kind
  when 'function' then has_function_privilege(who.name, to_regprocedure(closed.object), closed.privilege)
  when 'table' then has_table_privilege(who.name, to_regclass(closed.object), closed.privilege)
  when 'language' then has_language_privilege(who.name,
    (select l.oid from pg_language l where l.lanname = closed.object), closed.privilege) end
