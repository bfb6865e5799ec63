create table slugs (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps, -- where it was built; releases of other apps may use it too
  digest text not null check (digest ~ '^sha256:[0-9a-f]{64}$'),
  process_types jsonb not null default '{}', -- type to command
  stack text not null,
  commit text,
  commit_description text,
  buildpacks jsonb not null default '[]', -- [{"url": …, "name": …, "version": …}]
  buildpack_provided_description text,
  size bigint not null, -- bytes of its files, each file once
  removed_at timestamptz, -- its files are no longer kept
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index slugs_app_id on slugs (app_id);
create index slugs_digest on slugs (digest);

-- What an app is at version N: slug and config. Append-only but for status and current.
create table releases (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps,
  version integer not null, -- given by the trigger below
  slug_id uuid references slugs,
  config_snapshot_id uuid not null references config_snapshots,
  description text not null,
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  failure_reason text,
  current boolean not null default false,
  formation jsonb not null default '{}', -- type to {quantity, size} when it was made
  add_ons jsonb not null default '[]',   -- [{"name": attachment, "addOn": name, "plan": plan}] when it was made
  created_by uuid references accounts,
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint releases_version_key unique (app_id, version),
  constraint releases_current_lives check (not current or status <> 'failed')
);
create unique index releases_one_current on releases (app_id) where current;

-- Versions rise by one, whoever inserts: the app's row is the counter, and its lock the order.
create function number_release() returns trigger language plpgsql as $$
begin
  update apps set last_release_version = last_release_version + 1, updated_at = now()
    where id = new.app_id and destroyed_at is null returning last_release_version into new.version;
  if new.version is null then
    raise exception 'app % is gone', new.app_id using constraint = 'releases_app_exists';
  end if;
  return new;
end $$;
create trigger releases_number before insert on releases for each row execute function number_release();

create function keep_release() returns trigger language plpgsql as $$
begin
  if (new.id, new.app_id, new.version, new.slug_id, new.config_snapshot_id, new.description, new.formation,
      new.add_ons, new.created_by, new.created_by_name, new.created_at)
     is distinct from
     (old.id, old.app_id, old.version, old.slug_id, old.config_snapshot_id, old.description, old.formation,
      old.add_ons, old.created_by, old.created_by_name, old.created_at) then
    raise exception 'a release never changes' using constraint = 'releases_append_only';
  end if;
  if old.status <> 'pending' and new.status <> old.status then
    raise exception 'a release has one outcome' using constraint = 'releases_one_outcome';
  end if;
  return new;
end $$;
create trigger releases_keep before update on releases for each row execute function keep_release();

-- A slug whose files are gone, or are just being given up, is released no more.
create function keep_released_slug() returns trigger language plpgsql as $$
begin
  perform from slugs where id = new.slug_id and removed_at is null for share;
  if not found then
    raise exception 'slug % is no longer kept', new.slug_id using constraint = 'releases_slug_kept';
  end if;
  return new;
end $$;
create trigger releases_slug before insert on releases for each row when (new.slug_id is not null)
  execute function keep_released_slug();

-- How many of what an app wants. A row for each process type it ever scaled or that its slug declares.
create table formations (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  type text not null check (type ~ '^[A-Za-z0-9_-]{1,64}$'),
  quantity integer not null check (quantity between 0 and 100),
  size text not null default 'Standard-1X',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint formations_type_key unique (app_id, type)
);
