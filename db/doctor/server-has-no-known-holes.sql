-- warning: Row security has been broken before, and mended in a minor version of the server:
-- https://www.postgresql.org/support/security/
with server as (
  select coalesce(nullif(:'server_version', ''), current_setting('server_version_num'))::integer as version
), holes (name, what, major, mended) as (values
  ('CVE-2023-2455', 'policies of another role after inlining', 15, 3),
  ('CVE-2023-39418', 'MERGE does not ask every policy', 15, 4),
  -- A cluster made before needs the script of its release notes, too, which no version tells.
  ('CVE-2024-4317', 'statistics of expressions are seen past policies', 15, 7),
  ('CVE-2024-4317', 'statistics of expressions are seen past policies', 16, 3),
  ('CVE-2024-10976', 'policies of another role below subqueries', 15, 9),
  ('CVE-2024-10976', 'policies of another role below subqueries', 16, 5),
  ('CVE-2024-10976', 'policies of another role below subqueries', 17, 1),
  ('CVE-2024-10978', 'SET ROLE and SET SESSION AUTHORIZATION reset to another role', 15, 9),
  ('CVE-2024-10978', 'SET ROLE and SET SESSION AUTHORIZATION reset to another role', 16, 5),
  ('CVE-2024-10978', 'SET ROLE and SET SESSION AUTHORIZATION reset to another role', 17, 1),
  ('CVE-2025-8713', 'statistics of partitioned tables are seen past policies', 15, 14),
  ('CVE-2025-8713', 'statistics of partitioned tables are seen past policies', 16, 10),
  ('CVE-2025-8713', 'statistics of partitioned tables are seen past policies', 17, 6)
), of_roles (major, mended) as (values (15, 19), (16, 15), (17, 11), (18, 6))
select format('%s: %s, mended in %s.%s', holes.name, holes.what, holes.major, holes.mended) as problem
from server join holes on server.version / 10000 = holes.major and server.version % 10000 < holes.mended
union all
-- https://www.postgresql.org/support/security/CVE-2026-14666/ Only whom a policy concerns through another role
-- keeps what it showed when that is taken from them.
select format('CVE-2026-14666: kept plans forget that %s was once a member of %s, mended in %s.%s', me.rolname, r.rolname,
  of_roles.major, of_roles.mended)
from server
join of_roles on server.version / 10000 = of_roles.major and server.version % 10000 < of_roles.mended, pg_roles me
join pg_roles r on r.oid <> me.oid and pg_has_role(me.oid, r.oid, 'member')
where me.rolname = any (:'runtime_roles'::text[]) and exists (select from pg_policy p where r.oid = any (p.polroles))
union all
select format('PostgreSQL %s gets no mends any more', server.version / 10000) from server where server.version < 150000
