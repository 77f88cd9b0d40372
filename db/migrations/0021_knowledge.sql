-- What a tenant knows, as documents, and the words they are found by.

create table knowledge_documents (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  title text not null check (length(title) between 1 and 200),
  content text not null check (length(content) <= 500000),
  -- Whose stems its words are found by.
  language text not null check (language in ('en', 'fr')),
  tags jsonb not null default '[]' check (jsonb_typeof(tags) = 'array'),
  source_url text check (length(source_url) <= 2000),
  -- What it takes of the tenant's storage.
  content_bytes integer not null check (content_bytes = octet_length(content)),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index knowledge_documents_created_at on knowledge_documents (tenant_id, created_at desc, id desc);
create index knowledge_documents_title on knowledge_documents (tenant_id, title collate "C", id);

-- The stems of the words in each document, once each. Not a tsvector with a GIN index: its operator @@ is not leakproof,
-- so under row security no such index is used. = < >= on text are.
create table knowledge_terms (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  document_id uuid not null,
  language text collate "C" not null check (language in ('en', 'fr')),
  term text collate "C" not null check (length(term) between 1 and 100),
  -- How much it says of the document: more in the title, and the more often it is there.
  weight real not null check (weight > 0),
  -- Where in the content it is first, in characters; null when it is in the title alone.
  first_at integer check (first_at >= 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, document_id) references knowledge_documents (tenant_id, id) on delete cascade
);
create index knowledge_terms_created_at on knowledge_terms (tenant_id, created_at desc, id desc);
create index knowledge_terms_document_id on knowledge_terms (tenant_id, document_id);
create unique index knowledge_terms_term
  on knowledge_terms (tenant_id, language, term, document_id) include (weight, first_at);
