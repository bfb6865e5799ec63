-- Who there is, who belongs to which team, and what everybody did.

create table accounts (
  id uuid primary key default gen_random_uuid(),
  email text not null check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  name text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index accounts_email_key on accounts (lower(email));

-- Heroku's word for an API token that an account made. Only its SHA-256 is kept.
create table authorizations (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  description text,
  scope text[] not null default '{global}',
  token_hash bytea not null constraint authorizations_token_hash_key unique,
  token_hint text not null, -- first and last characters, to tell tokens apart
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index authorizations_account_id on authorizations (account_id);

-- Every app and pipeline has exactly one team; a person's own belong to a hidden personal one.
create table teams (
  id uuid primary key default gen_random_uuid(),
  name text not null constraint teams_name_key unique,
  personal_account_id uuid constraint teams_personal_account_id_key unique references accounts on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table team_members (
  team_id uuid not null references teams on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member', 'collaborator', 'viewer')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (team_id, account_id)
);
create index team_members_account_id on team_members (account_id);

-- One row a change, written in the change's own transaction. Activity, audit, webhooks and live pages read this table.
create table events (
  id bigint generated always as identity primary key,
  occurred_at timestamptz not null default clock_timestamp(),
  actor_account_id uuid,         -- null: the platform itself
  actor_name text not null,      -- the e-mail at that time, or the platform's part
  authorization_id uuid,
  request_id text,
  remote_address text,
  team_id uuid,
  app_id uuid,
  pipeline_id uuid,
  resource text not null,        -- app, release, config-var …
  resource_id text,
  action text not null check (action in ('create', 'update', 'destroy')),
  before jsonb,
  after jsonb
);
create index events_app_id on events (app_id, id);
create index events_team_id on events (team_id, id);
create function notify_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('event_added', coalesce(new.app_id::text, ''));
  return null;
end $$;
create trigger events_notify after insert on events for each row execute function notify_event();

-- A worker process that lives holds the advisory lock (721453002, number); whoever can take that lock knows it is dead.
create table workers (
  id text primary key,
  number integer generated always as identity,
  started_at timestamptz not null default now()
);
