-- fatal, for Tenantry: Connections are shared, and pg_temp comes first in the search_path: a temporary table that an injected
-- statement leaves behind stands before the real one for the next tenant's statements.
select format('%s has TEMPORARY on the database', me.rolname) as problem
from pg_roles me
where me.rolname = any (:'runtime_roles'::text[]) and has_database_privilege(me.oid, current_database(), 'temporary')
