-- How many requests of each tenant all processes together have let through in a minute. Only the present minute is
-- ever asked for, so a crash of PostgreSQL may empty it.
create unlogged table request_counts (
  subject_tenant_id text collate "C" not null,
  minute timestamptz(3) not null,
  hits bigint not null,
  primary key (subject_tenant_id, minute)
);
