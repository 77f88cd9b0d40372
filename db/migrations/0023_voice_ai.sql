-- What was said, as text; whom a tenant talked to; and what was found out about its business.

create table voice_transcriptions (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  title text not null check (length(title) between 1 and 200),
  source text not null check (source in ('upload', 'call', 'meeting', 'dictation')),
  -- BCP 47, such as fr or fr-CH.
  language text check (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
  duration_seconds integer check (duration_seconds between 0 and 604800),
  status text not null check (status in ('pending', 'processing', 'done', 'failed')),
  text text check (length(text) <= 500000),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index voice_transcriptions_created_at on voice_transcriptions (tenant_id, created_at desc, id desc);
create index voice_transcriptions_title on voice_transcriptions (tenant_id, title collate "C", id);

create table voice_conversations (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  subject text not null check (length(subject) between 1 and 200),
  participant text check (length(participant) between 1 and 200),
  channel text not null check (channel in ('phone', 'video', 'in_person', 'assistant')),
  started_at timestamptz(3) not null,
  ended_at timestamptz(3),
  summary text check (length(summary) <= 20000),
  transcription_id uuid,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, transcription_id) references voice_transcriptions (tenant_id, id),
  constraint voice_conversations_ended_behind_start check (ended_at >= started_at)
);
create index voice_conversations_created_at on voice_conversations (tenant_id, created_at desc, id desc);
create index voice_conversations_subject on voice_conversations (tenant_id, subject collate "C", id);
create index voice_conversations_started_at on voice_conversations (tenant_id, started_at, id);
create index voice_conversations_transcription_id on voice_conversations (tenant_id, transcription_id);

create table business_analyses (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  title text not null check (length(title) between 1 and 200),
  kind text not null check (kind in ('swot', 'forecast', 'market', 'competitors', 'customers')),
  status text not null check (status in ('draft', 'running', 'done', 'failed')),
  input jsonb not null default '{}' check (jsonb_typeof(input) = 'object'),
  result jsonb check (jsonb_typeof(result) = 'object'),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index business_analyses_created_at on business_analyses (tenant_id, created_at desc, id desc);
create index business_analyses_title on business_analyses (tenant_id, title collate "C", id);
create index business_analyses_kind on business_analyses (tenant_id, kind, created_at desc, id desc);
