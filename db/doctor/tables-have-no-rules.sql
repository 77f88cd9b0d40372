-- fatal: A rule makes another statement of one, which runs with the rights of the table's owner.
select format('%s has the rule %I', c.oid::regclass, r.rulename) as problem
from pg_rewrite r
join pg_class c on c.oid = r.ev_class
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where r.rulename <> '_RETURN'
