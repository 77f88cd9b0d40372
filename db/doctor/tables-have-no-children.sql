-- fatal: A statement on a table reads those that inherit from it by the policies and grants of that one alone.
select format('%s inherits %s', i.inhrelid::regclass, i.inhparent::regclass) as problem
from pg_inherits i
join pg_class c on c.oid = i.inhrelid and not c.relispartition
join pg_class parent on parent.oid = i.inhparent
join pg_namespace n on n.oid in (c.relnamespace, parent.relnamespace)
where n.nspname = any (:'user_schemas'::text[])
group by i.inhrelid, i.inhparent
