-- What exists before any tenant: the tenant of the current transaction, the people, the catalogue of plans,
-- sessions and signing keys. Tables without a tenant_id column are global; db/policies/30-grants.sql says which
-- columns of them each role may touch. The schema app is made by the migrate step.

-- The tenant of this transaction, or null. After a SET LOCAL has ended the setting reads '' and not null.
create function app.current_tenant() returns text
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '') $$;

create table plans (
  plan text collate "C" primary key check (plan ~ '^[A-Z]{2,30}$'),
  position smallint not null unique,
  price_cents integer not null check (price_cents >= 0),
  price_is_minimum boolean not null default false,
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  -- A limit that is null is unlimited.
  users bigint check (users >= 0),
  storage_bytes bigint check (storage_bytes >= 0),
  sites bigint check (sites >= 0),
  workflows bigint check (workflows >= 0),
  executions_per_month bigint check (executions_per_month >= 0),
  articles_per_week bigint check (articles_per_week >= 0),
  requests_per_minute bigint check (requests_per_minute >= 0),
  modules text[] not null,
  stripe_price_id text
);

insert into plans (plan, position, price_cents, price_is_minimum, users, storage_bytes, sites, workflows,
  executions_per_month, articles_per_week, requests_per_minute, modules)
values
  ('FREE', 1, 0, false, 2, 1e9, 1, 1, 500, 1, 60, '{crm}'),
  ('STARTER', 2, 4900, false, 5, 10e9, 1, 5, 10000, 2, 300, '{crm,accounting}'),
  ('PROFESSIONAL', 3, 14900, false, 25, 50e9, 5, 25, 50000, 8, 1000,
    '{crm,accounting,projects,knowledge,automation,content,production,voice}'),
  ('BUSINESS', 4, 49900, false, 100, 200e9, 20, null, 250000, 20, 3000,
    '{crm,accounting,projects,knowledge,automation,content,production,voice}'),
  ('ENTERPRISE', 5, 49900, true, null, 500e9, null, null, null, null, 10000,
    '{crm,accounting,projects,knowledge,automation,content,production,voice,ai,bi}');

create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email) and length(email) between 3 and 254),
  password_hash text not null,
  first_name text not null,
  last_name text not null,
  locale text not null check (locale in ('en', 'fr')),
  terms_accepted_at timestamptz(3) not null,
  privacy_accepted_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

-- The private part is a JWE (RFC 7516) under a key derived from TOKEN_KEY_SECRET.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_jwe text not null,
  created_at timestamptz(3) not null
);
