-- A tarball a client uploads before it asks for a build. The bytes are a file named by the id.
create table sources (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts,
  secret_hash bytea not null, -- of the secret in its put and get URLs
  size bigint,                -- null until it is uploaded
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table builds (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps,
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  failure_reason text,
  -- where the code comes from: a commit kept under refs/builds/<id>, or a tarball
  commit text,
  commit_description text,
  source_url text,
  source_version text,
  source_checksum text,
  -- git push: the branch this build moves once it has succeeded
  branch text,
  branch_from text,
  branch_moved_at timestamptz,
  buildpacks jsonb, -- [{"url"}] asked for with this build; null: the app's
  stack text not null,
  slug_id uuid references slugs,
  release_id uuid references releases,
  attempts integer not null default 0,
  created_by uuid references accounts,
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint builds_has_source check (num_nonnulls(commit, source_url) = 1),
  constraint builds_finished check ((status <> 'pending') = (finished_at is not null))
);
create index builds_app_id on builds (app_id, created_at);
create function notify_build() returns trigger language plpgsql as $$
begin
  perform pg_notify('build_changed', new.id::text);
  return null;
end $$;
create trigger builds_notify after insert or update on builds for each row execute function notify_build();
