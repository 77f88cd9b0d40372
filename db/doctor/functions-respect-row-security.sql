-- fatal: A function with the rights of a role that row security does not bind shows its caller the rows of every tenant.
-- Nobody needs the right to call it: a trigger, an aggregate and an index call theirs for whoever uses them.
select format('%s has the rights of %s, whom row security does not bind', p.oid::regprocedure, r.rolname) as problem
from pg_proc p
join pg_roles r on r.oid = p.proowner
where p.prosecdef and (r.rolsuper or r.rolbypassrls)
  -- Elsewhere an extension is one that its owner has chosen, unless the roles may call it.
  and not (:'policy_name' = ''
    and exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    and not exists (select from pg_roles me
      where me.rolname = any (:'runtime_roles'::text[]) and has_function_privilege(me.oid, p.oid, 'execute')))
