-- warning: A trigger that is switched off and a constraint that was never checked look like ones that hold; those that
-- check foreign keys are triggers, too.
select format('the trigger %I of %s %s', t.tgname, c.oid::regclass,
  case t.tgenabled when 'D' then 'is disabled' else 'runs on replicas only' end) as problem
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where t.tgenabled in ('D', 'R')
union all
-- Not before PostgreSQL 18 is there conenforced.
select format('%I of %s is not %s', k.conname, c.oid::regclass, case when k.convalidated then 'enforced' else 'valid' end)
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where k.contype in ('f', 'c') and (not k.convalidated or to_jsonb(k) ->> 'conenforced' = 'false')
