-- Who may do what on a pipeline: who promotes into production, and what people get on its review and test apps.

create function is_permission_set(permissions text[]) returns boolean language sql immutable as $$
  select permissions <@ '{view,deploy,operate,manage}'::text[] and 'view' = any (permissions)
$$;

alter table pipelines
  -- In a team's pipeline: its admins alone, or whoever has deploy on the source and every target.
  add column production_promotion text not null default 'admins' check (production_promotion in ('admins', 'deployers')),
  -- Whether the members of its team get `ephemeral_permissions` on each new review and test app. Personal ones: never.
  add column ephemeral_auto_join boolean not null default false,
  add column ephemeral_permissions text[] not null default '{view,deploy,operate}' check (is_permission_set(ephemeral_permissions));
update pipelines set ephemeral_auto_join = true
  where exists (select from teams where teams.id = team_id and teams.personal_account_id is null);

-- What members get on the review and test apps of all the team's pipelines, whatever those say; null: each says for itself.
alter table teams add column ephemeral_permissions text[] check (is_permission_set(ephemeral_permissions));

-- People added by hand: what they get on a new review or test app, in place of what auto-join would give them.
create table ephemeral_app_collaborators (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  permissions text[] not null check (is_permission_set(permissions)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ephemeral_app_collaborators_account_key unique (pipeline_id, account_id)
);
create index ephemeral_app_collaborators_account_id on ephemeral_app_collaborators (account_id);

-- Whoever leaves a team, however, is no longer on the lists of its pipelines.
create function leave_pipelines() returns trigger language plpgsql as $$
begin
  delete from ephemeral_app_collaborators using pipelines
    where pipelines.id = pipeline_id and pipelines.team_id = old.team_id and account_id = old.account_id;
  return null;
end $$;
create trigger team_members_leave_pipelines after delete on team_members for each row execute function leave_pipelines();

-- A slug that a client makes itself and whose files are still to come. With them it becomes a row of slugs, of the same id.
create table slug_uploads (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps,
  process_types jsonb not null, -- none: its Procfile says
  stack text not null,
  commit text,
  commit_description text,
  buildpack_provided_description text,
  checksum text check (checksum ~ '^[0-9a-f]{64}$'), -- SHA-256 in hex that its tarball is to have
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index slug_uploads_expires_at on slug_uploads (expires_at);
