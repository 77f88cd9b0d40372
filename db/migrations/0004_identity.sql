-- Sessions whose refresh tokens are rotated, single-use tokens sent by mail, invitations, API keys, super admins
-- with their audit trail, limits on guessing, and signing keys that are published before they are used.

alter table users
  add column email_verified_at timestamptz(3),
  -- Tokens of before that instant which stand for the person are void.
  add column password_changed_at timestamptz(3),
  -- Who comes by invitation accepts nothing: the company has.
  alter column terms_accepted_at drop not null,
  alter column privacy_accepted_at drop not null;
update users set password_changed_at = created_at;
alter table users alter column password_changed_at set not null;

-- A member's own settings; null is the tenant's.
alter table memberships
  add column theme text check (theme in ('light', 'dark')),
  add column language text check (language in ('en', 'fr')),
  add column time_zone text,
  add column date_format text;

-- A refresh token has two parts. The first names the session as long as it lives, the second changes at each use.
-- Of both only hashes are stored. With the membership goes the session.
drop table sessions;
create table sessions (
  id uuid primary key,
  user_id uuid not null references users,
  subject_tenant_id text collate "C" not null,
  membership_id uuid not null,
  lookup_hash bytea not null unique check (length(lookup_hash) = 32),
  token_hash bytea not null check (length(token_hash) = 32),
  previous_token_hash bytea check (length(previous_token_hash) = 32),
  rotated_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  foreign key (subject_tenant_id, membership_id) references memberships (tenant_id, id) on delete cascade
);
create index sessions_user_id on sessions (user_id);
create index sessions_membership on sessions (subject_tenant_id, membership_id);
create index sessions_expires_at on sessions (expires_at);

-- The membership that a live session of the current tenant stands for; null when the session has been ended.
-- In PL/pgSQL, whose plan is kept: up to PostgreSQL 17 the body of an SQL function is planned at each call.
create function app.session_membership(session_id uuid) returns uuid
  language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  return (
    select s.membership_id from public.sessions s
    where s.id = session_id and s.subject_tenant_id = app.current_tenant()
  );
end $$;

-- Ends the sessions of a member of the current tenant; the tenant role cannot touch them otherwise.
create function app.end_sessions(of_membership uuid) returns void
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    delete from public.sessions s
    where s.subject_tenant_id = app.current_tenant() and s.membership_id = of_membership
  $$;

create table invitations (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  role text not null check (role in ('owner', 'admin', 'manager', 'member', 'viewer')),
  status text not null check (status in ('pending', 'accepted', 'revoked', 'expired')),
  -- The membership of who invited; null when they are gone, and then it cannot be accepted any more.
  invited_by uuid,
  -- Changes when it is sent again, and the token that was sent before is void then.
  token_id uuid not null,
  expires_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, invited_by) references memberships (tenant_id, id) on delete set null (invited_by)
);
create index invitations_created_at on invitations (tenant_id, created_at desc, id desc);
create index invitations_invited_by on invitations (tenant_id, invited_by);
create unique index invitations_pending on invitations (tenant_id, email) where status = 'pending';

-- Tokens that travel by mail. Used ones stay until they expire, so that a mail which is sent twice brings none back.
create table one_time_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  purpose text not null check (purpose in ('verify_email', 'reset_password', 'accept_invitation')),
  user_id uuid references users,
  subject_tenant_id text collate "C",
  invitation_id uuid,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  check ((purpose = 'accept_invitation') = (user_id is null)),
  check ((purpose = 'accept_invitation') = (subject_tenant_id is not null and invitation_id is not null)),
  foreign key (subject_tenant_id, invitation_id) references invitations (tenant_id, id) on delete cascade
);
create index one_time_tokens_user_id on one_time_tokens (user_id);
create index one_time_tokens_invitation on one_time_tokens (subject_tenant_id, invitation_id);
create index one_time_tokens_expires_at on one_time_tokens (expires_at);

create table api_keys (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  role text not null check (role in ('owner', 'admin', 'manager', 'member', 'viewer')),
  -- SHA-256: the secret is random, so there is nothing to guess slowly.
  secret_hash bytea not null check (length(secret_hash) = 32),
  -- The membership of who made it, whom it never outranks; null when they are gone, and the key is dead then.
  created_by uuid,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, created_by) references memberships (tenant_id, id) on delete set null (created_by)
);
create index api_keys_created_at on api_keys (tenant_id, created_at desc, id desc);
create index api_keys_created_by on api_keys (tenant_id, created_by);

create table super_admins (
  id uuid primary key,
  email text not null unique check (email = lower(email) and length(email) between 3 and 254),
  password_hash text not null,
  -- Tokens from before that instant are void.
  credentials_changed_at timestamptz(3) not null,
  -- A JWE (RFC 7516) under a key derived from TOKEN_KEY_SECRET. Enrolled when a code of it has been shown.
  totp_secret_jwe text,
  totp_enrolled_at timestamptz(3) check (totp_enrolled_at is null or totp_secret_jwe is not null),
  -- The newest time step of which a code was accepted (RFC 6238, section 5.2: each is good once).
  totp_last_step bigint,
  -- Wrong codes behind a right password, since the last right one.
  totp_failures integer not null default 0,
  totp_failed_at timestamptz(3),
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

-- What super admins and the platform itself did; an act on a tenant names it, and is in its own trail too.
create table platform_audit_entries (
  id uuid primary key,
  actor_kind text not null check (actor_kind in ('super_admin', 'admin_key', 'user', 'system')),
  actor_id text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  subject_tenant_id text collate "C",
  changed_fields text[] not null,
  ip inet,
  request_id text not null,
  created_at timestamptz(3) not null
);
create index platform_audit_entries_created_at on platform_audit_entries (created_at desc, id desc);

-- Where a person or super admin has shown who they are, as a keyed hash: guesses made elsewhere do not slow them down
-- there. A change of their password empties it.
create table known_addresses (
  person_id uuid not null,
  address_hash bytea not null check (length(address_hash) = 32),
  seen_at timestamptz(3) not null,
  primary key (person_id, address_hash)
);
create index known_addresses_seen_at on known_addresses (seen_at);

-- How often something was tried, by the keyed hash of who tried what. A crash of PostgreSQL may empty it.
create unlogged table rate_limits (
  key text collate "C" primary key,
  hits integer not null,
  resets_at timestamptz(3) not null
);
create index rate_limits_resets_at on rate_limits (resets_at);

-- A key is published before it signs, so that every process knows it by then.
alter table signing_keys add column active_from timestamptz(3);
update signing_keys set active_from = created_at;
alter table signing_keys alter column active_from set not null;
