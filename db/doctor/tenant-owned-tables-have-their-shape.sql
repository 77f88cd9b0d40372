-- warning, for Tenantry: What lists, cursors and imports of every table rely on: the same key, the same columns, the same
-- index. And each row is of a tenant that is there, whoever wrote it.
select format('%s has no %s', c.oid::regclass, wanted.thing) as problem
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped, lateral (values
  ('tenant_id not null, by default the current tenant', a.attnotnull
    and exists (select from pg_attrdef d where d.adrelid = c.oid and d.adnum = a.attnum
      and pg_get_expr(d.adbin, d.adrelid) = 'app.current_tenant()')),
  ('reference of tenant_id to tenants', exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'
    and k.confrelid = to_regclass('public.tenants') and k.conkey = array[a.attnum])),
  ('id uuid', exists (select from pg_attribute i
    where i.attrelid = c.oid and i.attname = 'id' and i.atttypid = 'uuid'::regtype)),
  ('created_at and updated_at as timestamptz(3) not null', 2 = (select count(*) from pg_attribute t
    where t.attrelid = c.oid and t.attname in ('created_at', 'updated_at') and t.attnotnull
      and format_type(t.atttypid, t.atttypmod) = 'timestamp(3) with time zone')),
  ('primary key (tenant_id, id)', exists (select from pg_constraint k where k.conrelid = c.oid
    and k.contype = 'p' and pg_get_constraintdef(k.oid) = 'PRIMARY KEY (tenant_id, id)')),
  ('index (tenant_id, created_at desc, id desc)', exists (select from pg_index i where i.indrelid = c.oid
    and pg_get_indexdef(i.indexrelid) like '%(tenant_id, created_at DESC, id DESC)'))
) wanted (thing, is_there)
where c.relkind in ('r', 'p') and c.relname <> all (:'root_tables'::text[]) and not wanted.is_there
