-- What members are told inside the product, in which words, and the settings of the platform itself.

-- The texts, which an operator may change: a notification is put into words when it is read. Which placeholders each
-- knows is declared in src/features/notifications/templates.ts.
create table notification_templates (
  name text collate "C" primary key check (name ~ '^[a-z][a-z0-9_]{0,63}$'),
  category text collate "C" not null check (category in ('system', 'stock', 'project', 'production')),
  priority text not null check (priority in ('normal', 'high', 'urgent')),
  title_en text not null check (length(title_en) between 1 and 200),
  title_fr text not null check (length(title_fr) between 1 and 200),
  body_en text not null check (length(body_en) between 1 and 2000),
  body_fr text not null check (length(body_fr) between 1 and 2000),
  updated_at timestamptz(3) not null
);

insert into notification_templates (name, category, priority, title_en, title_fr, body_en, body_fr, updated_at)
values
  ('member_joined', 'system', 'normal',
    '{name} has joined', '{name} vous a rejoints',
    '{name} has accepted the invitation. Their role: {role}.',
    '{name} a accepté l’invitation. Son rôle : {role}.', 'epoch'),
  ('role_changed', 'system', 'high',
    'You have another role', 'Votre rôle a changé',
    'Your role is {role} from now on.', 'Votre rôle est désormais {role}.', 'epoch'),
  ('api_key_created', 'system', 'normal',
    'A new API key', 'Une nouvelle clé d’API',
    'The API key {key_name} was made. Its role: {role}.',
    'La clé d’API {key_name} a été créée. Son rôle : {role}.', 'epoch'),
  ('plan_changed', 'system', 'high',
    'Your plan is {plan} now', 'Votre offre est désormais {plan}',
    'Your company has changed from the plan {old_plan} to {plan}.',
    'Votre société est passée de l’offre {old_plan} à {plan}.', 'epoch'),
  ('trial_ending', 'system', 'high',
    'Your trial is ending', 'Votre essai se termine bientôt',
    'Your trial ends on {date}: choose a plan to go on working.',
    'Votre essai se termine le {date} : choisissez une offre pour continuer.', 'epoch'),
  ('payment_failed', 'system', 'urgent',
    'A payment has failed', 'Un paiement a échoué',
    'Your last payment failed. Settle it by {date} to go on working.',
    'Votre dernier paiement a échoué. Réglez-le avant le {date} pour continuer.', 'epoch'),
  ('payment_reminder', 'system', 'urgent',
    'A payment is still due', 'Un paiement est toujours dû',
    'A payment is still due. Without it your company is suspended on {date}.',
    'Un paiement est toujours dû. Sans règlement, votre société sera suspendue le {date}.', 'epoch'),
  ('support_session_opened', 'system', 'urgent',
    'Support is looking inside your company', 'L’assistance consulte votre société',
    'Support has opened a session inside your company until {time}. Their reason: {reason}',
    'L’assistance a ouvert une session dans votre société jusqu’au {time}. Motif : {reason}', 'epoch');

create table notifications (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  membership_id uuid not null,
  -- Of notification_templates, whose rows nobody can take away. No foreign key: all tenants would lock one row.
  template text collate "C" not null,
  -- As they were when it was written: the member's preferences were asked then.
  category text collate "C" not null check (category in ('system', 'stock', 'project', 'production')),
  priority text not null check (priority in ('normal', 'high', 'urgent')),
  -- What the placeholders stand for.
  values jsonb not null check (jsonb_typeof(values) = 'object'
    and not jsonb_path_exists(values, 'strict $.* ? (@.type() != "string" && @.type() != "number")')),
  read_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, membership_id) references memberships (tenant_id, id) on delete cascade
);
create index notifications_created_at on notifications (tenant_id, created_at desc, id desc);
create index notifications_membership_id on notifications (tenant_id, membership_id, created_at desc, id desc);
create index notifications_unread on notifications (tenant_id, membership_id, created_at desc, id desc)
  where read_at is null;

-- Tells members of the current tenant: those of some roles, or those that are named, but for one. Whoever has asked for
-- less of the category is not told, and whoever is just being removed is passed over instead of waited for: the removal
-- may wait for something that this transaction holds. The ids are UUIDs of version 7 (RFC 9562, 5.7). In PL/pgSQL: the
-- body of an SQL function is tried out here, where row security would hide its tables.
create function app.notify(template_name text, wanted_roles text[], wanted_members uuid[], except_member uuid,
    given_values jsonb, at timestamptz)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
    insert into public.notifications
      (tenant_id, id, membership_id, template, category, priority, values, created_at, updated_at)
    select m.tenant_id,
      encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid,
      m.id, t.name, t.category, t.priority, given_values, at, at
    from public.memberships m
    join public.notification_templates t on t.name = template_name
    left join public.notification_preferences p
      on p.tenant_id = m.tenant_id and p.membership_id = m.id and p.category = t.category
    where m.tenant_id = app.current_tenant() and m.status = 'active'
      and (m.role = any(wanted_roles) or m.id = any(wanted_members)) and m.id is distinct from except_member
      and array_position(array['normal', 'high', 'urgent'], t.priority)
        >= array_position(array['normal', 'high', 'urgent'], coalesce(p.minimum_priority, 'normal'))
    order by m.id
    for key share of m skip locked;
end $$;

-- Forgets the current tenant's notifications from before an instant, read or not.
create function app.forget_notifications(before timestamptz)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    delete from public.notifications where tenant_id = app.current_tenant() and created_at < before
  $$;

-- The settings of the platform, which an operator may change: one row.
create table system_settings (
  is_only boolean primary key default true check (is_only),
  -- How long a trial lasts that begins from now on.
  trial_days integer not null check (trial_days between 1 and 90),
  -- Whether companies may sign up by themselves; operators make tenants all the same.
  signups_open boolean not null,
  -- What a new tenant has that names nothing else.
  default_region text not null check (default_region in ('DZ', 'CH', 'FR', 'BE', 'CA')),
  default_language text not null check (default_language in ('en', 'fr')),
  updated_at timestamptz(3) not null
);
insert into system_settings (trial_days, signups_open, default_region, default_language, updated_at)
values (14, true, 'FR', 'fr', 'epoch');
