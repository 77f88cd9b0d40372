-- A super admin looks inside a tenant: for a reason, for an hour at most, and with the tenant's knowledge. The token names
-- the session; whether it is good is decided here, at each request.

create table support_sessions (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  super_admin_id uuid not null references super_admins,
  -- As it was: this is what the tenant is told.
  super_admin_email text not null,
  -- What super_admins.credentials_changed_at was: with a newer one the session is void, as their own tokens are.
  credentials_changed_at timestamptz(3) not null,
  reason text not null check (length(reason) between 1 and 1000),
  is_read_only boolean not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  -- Who ended it, in the words of the audit trail.
  ended_by_kind text check (ended_by_kind in ('user', 'api_key', 'operator')),
  ended_by text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  check (ended_at >= created_at),
  check (expires_at > created_at and expires_at <= created_at + interval '60 minutes'),
  check ((ended_at is null) = (ended_by_kind is null) and (ended_at is null) = (ended_by is null))
);
create index support_sessions_created_at on support_sessions (tenant_id, created_at desc, id desc);

-- The super admin of a session of the current tenant that nobody has ended, as long as they are neither disabled nor have
-- had other credentials since; null otherwise. In PL/pgSQL, whose plan is kept, as app.session_membership().
create function app.support_session_admin(session_id uuid) returns uuid
  language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  return (
    select s.super_admin_id from public.support_sessions s
    join public.super_admins a on a.id = s.super_admin_id
    where s.tenant_id = app.current_tenant() and s.id = session_id and s.ended_at is null
      and a.disabled_at is null and a.credentials_changed_at = s.credentials_changed_at
  );
end $$;

-- Ends a session of the current tenant that is not over yet, for good: no role may write to the table otherwise than
-- by adding to it. Gives whether it was so. The clocks of two servers may differ a little.
create function app.end_support_session(session_id uuid, by_kind text, by_id text, at timestamptz) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  -- A tenant's statement speaks for its members and keys; an operator speaks through a role that may open sessions.
  if (by_kind in ('user', 'api_key')) is not true
    and not has_table_privilege(session_user, 'public.support_sessions', 'insert')
  then
    raise insufficient_privilege using message = 'a tenant ends a support session as a member or a key of it';
  end if;
  update public.support_sessions s
  set ended_at = greatest(at, s.created_at), ended_by_kind = by_kind, ended_by = by_id,
    updated_at = greatest(at, s.created_at)
  where s.tenant_id = app.current_tenant() and s.id = session_id and s.ended_at is null and s.expires_at > at;
  return found;
end $$;
