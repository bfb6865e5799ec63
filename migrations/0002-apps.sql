create table apps (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'),
  team_id uuid not null references teams,
  created_by uuid references accounts,
  stack text not null default 'heroku-24',
  build_stack text not null default 'heroku-24',
  maintenance boolean not null default false,
  last_release_version integer not null default 0,
  config_snapshot_id uuid, -- what the next release takes; foreign key below
  released_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  destroyed_at timestamptz
);
create unique index apps_name_key on apps (name) where destroyed_at is null;
create index apps_team_id on apps (team_id) where destroyed_at is null;

-- Every name that an app has or had, and whose it is: names stay with their team, also when the app is renamed or destroyed.
create table app_names (
  name text primary key,
  team_id uuid not null references teams
);
create function keep_app_name() returns trigger language plpgsql as $$
begin
  insert into app_names values (new.name, new.team_id) on conflict (name) do update set team_id = excluded.team_id;
  return null;
end $$;
create trigger apps_keep_name after insert or update of name, team_id on apps for each row execute function keep_app_name();

-- One key per app, wrapped by the master key. What an app keeps secret is sealed with it.
create table data_keys (
  app_id uuid primary key references apps on delete cascade,
  wrapped text not null,
  master_key_id text not null,
  created_at timestamptz not null default now()
);

-- All of an app's own config vars at one moment, sealed as one JSON object. Never changed; releases point at it.
create table config_snapshots (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  sealed text not null,
  keys text[] not null,
  created_at timestamptz not null default now()
);
alter table apps add constraint apps_config_snapshot_id_fkey
  foreign key (config_snapshot_id) references config_snapshots deferrable initially deferred;

create table buildpack_installations (
  app_id uuid not null references apps on delete cascade,
  ordinal integer not null check (ordinal >= 0),
  url text not null,
  primary key (app_id, ordinal)
);

create table domains (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  hostname text not null constraint domains_hostname_key unique check (hostname = lower(hostname)),
  kind text not null check (kind in ('heroku', 'custom')),
  status text not null default 'succeeded' check (status in ('none', 'pending', 'succeeded', 'failed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index domains_one_default on domains (app_id) where kind = 'heroku';
create index domains_app_id on domains (app_id);

create table add_ons (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps, -- the billing app
  name text not null,
  service text not null,
  plan text not null, -- service:level
  state text not null check (state in ('provisioning', 'provisioned', 'deprovisioned')),
  sealed_credentials text, -- JSON object: password, and host and port once it is provisioned; null once it is gone
  created_by uuid references accounts,
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index add_ons_name_key on add_ons (name) where state <> 'deprovisioned';
create index add_ons_app_id on add_ons (app_id);
create function notify_add_on() returns trigger language plpgsql as $$
begin
  perform pg_notify('add_on_changed', new.id::text);
  return null;
end $$;
create trigger add_ons_notify after insert or update on add_ons for each row execute function notify_add_on();

create table add_on_attachments (
  id uuid primary key default gen_random_uuid(),
  add_on_id uuid not null references add_ons on delete cascade,
  app_id uuid not null references apps on delete cascade,
  name text not null check (name ~ '^[A-Z][A-Z0-9_]*$'), -- DATABASE gives DATABASE_URL
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint add_on_attachments_name_key unique (app_id, name)
);
create index add_on_attachments_add_on_id on add_on_attachments (add_on_id);
