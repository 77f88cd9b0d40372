-- What operators look tenants up by, and what the platform's statistics and its audit trail are read by.

create index tenants_name on tenants (name collate "C", tenant_id);

-- Changes of the last months, of all tenants.
create index tenant_changes_created_at on tenant_changes (created_at);

-- The last days of all tenants, so this index does not begin with tenant_id; it is not unique. Without the quantity,
-- which changes all day: the index stays out of that.
create index usage_days_of_all on usage_days (day);

create index platform_audit_entries_subject_tenant_id
  on platform_audit_entries (subject_tenant_id, created_at desc, id desc);
create index platform_audit_entries_actor_id on platform_audit_entries (actor_id, created_at desc, id desc);
create index platform_audit_entries_object_id on platform_audit_entries (object_id, created_at desc, id desc);
