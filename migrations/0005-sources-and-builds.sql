-- A tarball a client uploads before it asks for a build. The bytes are a file named by id and hash.
create table sources (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts,
  size bigint, -- these two are null until it is uploaded
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint sources_uploaded check ((size is null) = (sha256 is null))
);
create index sources_expires_at on sources (expires_at);

create table builds (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps,
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  failure_reason text,
  -- where the code comes from: a commit kept under refs/builds/<id>, or a tarball
  commit text check (commit ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  commit_description text,
  source_url text,
  source_version text,
  source_checksum text check (source_checksum ~ '^[0-9a-f]{64}$'), -- SHA-256 in hex
  -- git push: the branch this build moves once it has succeeded
  branch text,
  branch_from text,
  branch_moved_at timestamptz,
  receiver text references workers on delete set null, -- whose git moves the branch; null: the platform does it itself
  buildpacks jsonb, -- [{"url"}] asked for with this build; null: the app's
  stack text not null,
  slug_id uuid references slugs,
  release_id uuid references releases,
  steps jsonb not null default '[]', -- as those of a deploy
  attempts integer not null default 0, -- rises with each runner that takes it; an older runner's writes match no row
  created_by uuid references accounts,
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint builds_has_source check (num_nonnulls(commit, source_url) = 1),
  constraint builds_has_branch check ((branch is null) = (branch_from is null)),
  constraint builds_finished check ((status <> 'pending') = (finished_at is not null)),
  constraint builds_outcome check ((status = 'succeeded') = (release_id is not null) and (status = 'failed') = (failure_reason is not null))
);
create index builds_app_id on builds (app_id, created_at);
create index builds_pending on builds (app_id) where status = 'pending';
-- Pushes to a branch happen one after another: the next begins once this one has failed or the branch has been moved.
create unique index builds_one_push on builds (app_id, branch)
  where branch is not null and branch_moved_at is null and status <> 'failed';
create function notify_build() returns trigger language plpgsql as $$
begin
  perform pg_notify('build_changed', new.id::text);
  return null;
end $$;
create trigger builds_notify after insert or update on builds for each row execute function notify_build();

-- Whoever destroys an app: what is built for it ends, and a late result meets a build that has ended.
create function end_builds() returns trigger language plpgsql as $$
begin
  update builds set status = 'failed', failure_reason = 'The app was destroyed.', finished_at = now(), updated_at = now()
    where app_id = new.id and status = 'pending';
  return null;
end $$;
create trigger apps_end_builds after update of destroyed_at on apps
  for each row when (old.destroyed_at is null and new.destroyed_at is not null) execute function end_builds();
