-- What each role may do beyond the loop of 10-tenant-isolation.sql. Applied in one transaction, beginning
-- from nothing for whatever is not tenant-owned.
-- (The schema public belongs to the cluster's superuser: src/db/migrate/prepare-database.ts grants its use.)
revoke all on schema app from public;
grant usage on schema app to :"tenant_role", :"platform_role";
-- Not "in schema app": PostgreSQL lets a schema's default privileges only add to the general ones.
alter default privileges revoke execute on functions from public;
revoke all on all tables in schema app from :"tenant_role", :"platform_role", :"jobs_role";
revoke all on all sequences in schema public, app from :"tenant_role", :"platform_role", :"jobs_role";
-- Those of the purger are its own to grant: 40-purger.sql.
do $$
declare
  f regprocedure;
begin
  for f in
    select p.oid from pg_proc p
    where p.pronamespace = 'app'::regnamespace and pg_get_userbyid(p.proowner) = current_user
  loop
    execute format('revoke all on function %s from public, %I, %I, %I', f, :'tenant_role', :'platform_role', :'jobs_role');
  end loop;
end $$;

-- The tenant role: its own tenant's row is written by the platform, its audit trail is append-only.
revoke insert, update, delete on tenants from :"tenant_role";
grant update (name, company_email, admin_email, phone, updated_at) on tenants to :"tenant_role";
revoke insert, update, delete on audit_entries, audit_seals from :"tenant_role";
grant insert (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields, reason, ip, request_id,
  created_at, updated_at) on audit_entries to :"tenant_role", :"platform_role";
grant execute on function app.audit_position(xid8), app.audit_entry_hash(audit_entries),
  app.audit_seal_hash(text, uuid, bigint, bigint, bigint, uuid[], bytea[], bytea, timestamptz) to :"tenant_role";
-- Whoever is a member has their name and address told by app.tenant_members(): a tenant cannot make a member of
-- somebody whose id it learnt. Signup and accepted invitations are the platform's.
revoke insert, update on memberships from :"tenant_role";
grant update (role, status, updated_at) on memberships to :"tenant_role";
-- An invitation stays with the address it was made for, and a key with its secret, role and maker.
revoke update on invitations, api_keys from :"tenant_role";
grant update (status, invited_by, token_id, expires_at, updated_at) on invitations to :"tenant_role";
grant update (last_used_at, revoked_at, updated_at) on api_keys to :"tenant_role";
-- Made with the tenant, and what its periods are counted by.
revoke insert, delete on tenant_settings from :"tenant_role";
-- What a member is told is written by app.notify(); that it was read, they say.
revoke insert, update, delete on notifications from :"tenant_role";
grant update (read_at, updated_at) on notifications to :"tenant_role";
-- Forgotten by a job: what was done once is not done again before.
revoke delete on idempotency_keys from :"tenant_role";
-- An execution was counted for its month: it ends once, and stays.
revoke update, delete on workflow_executions from :"tenant_role";
grant update (status, output, error, finished_at, duration_ms, updated_at) on workflow_executions to :"tenant_role";
-- Opened by the platform, and ended by a function, so that none comes back.
revoke insert, update, delete on support_sessions from :"tenant_role";
grant execute on function app.support_session_admin(uuid) to :"tenant_role";
grant execute on function app.end_support_session(uuid, text, text, timestamptz) to :"tenant_role", :"platform_role";
-- An invoice begins as a draft, and its lines are replaced. What numbers there were is never forgotten.
revoke insert on invoices from :"tenant_role";
grant insert (tenant_id, id, client_id, due_on, note, currency, net_cents, vat_cents, total_cents, created_at, updated_at)
  on invoices to :"tenant_role";
revoke update on invoice_lines from :"tenant_role";
grant update (vat_rate_basis_points, updated_at) on invoice_lines to :"tenant_role";
revoke update, delete on invoice_counters from :"tenant_role";
grant update (last_number, last_issued_on, updated_at) on invoice_counters to :"tenant_role";
-- What Stripe says is the platform's to write.
revoke insert, update, delete on billing_accounts from :"tenant_role";
-- What a tenant is held to is written by functions, which know the limits.
revoke insert, update, delete on limit_counters, usage_days, usage_events from :"tenant_role";
revoke insert, update, delete on credit_accounts, credit_operations, credit_lots, credit_entries from :"tenant_role";
grant execute on function app.debit_credits(uuid, bigint, text, text, text, text, timestamptz)
  to :"tenant_role", :"platform_role";
grant select on plans, notification_templates to :"tenant_role";
grant execute on function
  app.record_usage(uuid[], text[], bigint[], timestamptz[], text[], timestamptz) to :"tenant_role";
grant execute on function app.current_tenant(), app.tenant_members(uuid), app.session_membership(uuid), app.end_sessions(uuid),
  app.refuse_changed_tenant() to :"tenant_role";
grant execute on function app.allowed(plans, jsonb, text), app.period_of(text, timestamptz, text),
  app.period_end(text, date, text), app.usage_at(timestamptz),
  app.change_usage(text[], bigint[], timestamptz[], timestamptz) to :"tenant_role", :"platform_role";

-- The platform role: signup, login, webhooks, jobs, operator. It never reads business tables.
grant select on plans to :"platform_role";
grant update (price_cents, price_is_minimum, users, storage_bytes, sites, workflows, executions_per_month,
  articles_per_week, requests_per_minute, modules, stripe_price_id, price_is_per_seat, updated_at) on plans to :"platform_role";
grant select, insert, update on users to :"platform_role";
grant select, insert, update, delete on sessions, one_time_tokens, known_addresses, rate_limits, request_counts
  to :"platform_role";
grant select, insert, delete on signing_keys to :"platform_role";
grant select, insert, update on super_admins to :"platform_role";
grant select, insert on platform_audit_entries, tenant_changes to :"platform_role";
grant select, insert on deletion_certificates to :"platform_role";
grant update (status, waits_for, counts_before, counts_after, kept, rows_deleted, users_deleted, jobs_deleted,
  last_seal_hash, customer_id, completed_at) on deletion_certificates to :"platform_role";
grant select, insert on billing_events to :"platform_role";
grant update (subject_tenant_id, applied_at, outcome, finding, replays) on billing_events to :"platform_role";
grant select on notification_templates, system_settings to :"platform_role";
grant update (priority, title_en, title_fr, body_en, body_fr, updated_at) on notification_templates to :"platform_role";
grant update (trial_days, signups_open, default_region, default_language, updated_at) on system_settings
  to :"platform_role";
-- Of the one tenant that its transaction names.
grant select, update on invitations to :"platform_role";
grant select, insert on support_sessions to :"platform_role";
grant select, insert, update on tenants, memberships, billing_accounts to :"platform_role";
grant insert on tenant_settings, limit_counters, notification_preferences to :"platform_role";
-- What templates fill, db/templates: written for a new tenant, and never read.
grant insert on material_categories to :"platform_role";
-- Which lines of a file have become tenants.
grant select, insert on tenant_imports to :"platform_role";
-- What operators see of a tenant beside that: how much it uses, its settings, and when its keys were used.
grant select on limit_counters, usage_days to :"platform_role";
grant select (tenant_id, theme, language, time_zone, date_format, currency, vat_rate_basis_points,
  automatic_numbering, backups, audit) on tenant_settings to :"platform_role";
grant select (tenant_id, last_used_at) on api_keys to :"platform_role";
-- What a tenant is given is the platform's; which tenants have credits that are overdue its job looks up.
grant select (tenant_id, remaining, expires_at) on credit_lots to :"platform_role";
grant execute on function
  app.grant_credits(uuid, bigint, text, text, text, text, timestamptz, timestamptz),
  app.refund_credits(uuid, bigint, text, text, text, text, timestamptz, uuid),
  app.expire_credits(timestamptz) to :"platform_role";
grant execute on function app.current_tenant(), app.lock_usage(), app.recount_users(timestamptz) to :"platform_role";
-- Where there are notifications old enough to be forgotten its job looks up; what they say it cannot read.
grant select (tenant_id, created_at) on notifications to :"platform_role";
grant execute on function app.forget_notifications(timestamptz) to :"platform_role";
-- The same of what was answered under which key; the answers themselves it cannot read, but those of its own acts.
grant select (tenant_id, created_at) on idempotency_keys to :"platform_role";
grant execute on function app.forget_idempotency_keys(timestamptz, integer) to :"platform_role";
grant select, insert, update, delete on platform_idempotency_keys to :"platform_role";
grant execute on function app.notify(text, text[], uuid[], uuid, jsonb, timestamptz) to :"tenant_role", :"platform_role";
-- Which tenants have entries to seal; what is in them it cannot read.
grant select (tenant_id, position) on audit_entries to :"platform_role";
grant select (tenant_id, number, to_position, hash) on audit_seals to :"platform_role";
grant execute on function app.audit_position(xid8), app.move_audit_horizon(timestamptz),
  app.seal_audit(bigint, integer, uuid, timestamptz) to :"platform_role";
