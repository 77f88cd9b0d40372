-- fatal at the start: A function with the rights of its owner does whatever its text says, so each is read by a person
-- before it is listed. Nobody needs the right to call it: a trigger, an aggregate and an index call theirs for whoever
-- uses them.
select format('%s has the rights of %s, and it is not listed', called.name, pg_get_userbyid(p.proowner)) as problem
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace,
-- A regprocedure has its schema or not, as the search_path is of who asks.
lateral (select format('%I.%I(%s)', n.nspname, p.proname, replace(oidvectortypes(p.proargtypes), ', ', ','))) called (name)
where p.prosecdef and called.name <> all (:'definer_functions'::text[])
  -- Elsewhere an extension is one that its owner has chosen.
  and not (:'policy_name' = '' and exists (select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))
