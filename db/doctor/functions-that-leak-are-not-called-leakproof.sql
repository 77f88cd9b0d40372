-- fatal: What is marked as LEAKPROOF is tried on rows before the policy hides them, and told of in errors and by time. Only
-- what PostgreSQL itself marks has been looked at for that.
with marked as (
  select p.oid, p.proname, format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)) as name
  from pg_proc p where p.proleakproof
), known (major, count, hash) as (values
  -- Those of a new server, sorted and joined by spaces. No minor version changes them.
  (15, 337, '2ec1f112b9e76788ffd451fb81334a6a'),
  (18, 345, 'e7fd72626e4fbdc21d92268c81a4fb4b')
), server as (
  select current_setting('server_version_num')::integer / 10000 as major
)
select format('%s is marked as leakproof', m.oid::regprocedure) as problem
from marked m
where m.oid >= 16384
  -- Of a version that we have no list of: what is marked by hand to have indexes used, and does leak.
  or m.oid < 16384 and m.proname ~ '(like|regexeq|regexne|^(array|enum|json|jsonb|numeric|range|record|ts)_.*)$'
    and not exists (select from known join server using (major))
union all
select format('of its own functions PostgreSQL %s marks %s as leakproof, and here it is %s, or others', known.major,
  known.count, here.count)
from known join server using (major), (
  select count(*) as count, md5(string_agg(name, ' ' order by name collate "C")) as hash from marked where oid < 16384
) here
where here.hash is distinct from known.hash
