create table pipelines (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '^[a-z][a-z0-9-]{0,28}[a-z0-9]$'),
  team_id uuid not null references teams,
  created_by uuid references accounts,
  delete_at timestamptz default now() + interval '30 days', -- set while it has no app: when a job deletes it
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint pipelines_name_key unique (team_id, name)
);

-- Ordered, of any number and name; `kind` is the one of Heroku's stages that the wire shows.
create table pipeline_stages (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  name text not null,
  kind text not null check (kind in ('test', 'review', 'development', 'staging', 'production')),
  position integer not null,
  constraint pipeline_stages_name_key unique (pipeline_id, name),
  constraint pipeline_stages_id_key unique (id, pipeline_id),
  constraint pipeline_stages_position_key unique (pipeline_id, position) deferrable initially deferred
);

create table pipeline_couplings (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  stage_id uuid not null,
  app_id uuid not null constraint pipeline_couplings_app_id_key unique references apps on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint pipeline_couplings_stage_fkey foreign key (stage_id, pipeline_id) references pipeline_stages (id, pipeline_id)
);
create index pipeline_couplings_pipeline_id on pipeline_couplings (pipeline_id);

-- Whoever couples or uncouples, and however: an empty pipeline has its date, and one with an app has none. The lock lets
-- of two who take the last two apps out the second see what the first did.
create function date_pipeline() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update pipelines set delete_at = null where id = new.pipeline_id;
    return null;
  end if;
  perform from pipelines where id = old.pipeline_id for no key update;
  update pipelines set delete_at = now() + interval '30 days'
    where id = old.pipeline_id and not exists (select from pipeline_couplings where pipeline_id = old.pipeline_id);
  return null;
end $$;
create trigger pipeline_couplings_date after insert or delete on pipeline_couplings for each row execute function date_pipeline();

-- A destroyed app leaves its pipeline. Pipelines are locked before their couplings, as everywhere.
create function uncouple_app() returns trigger language plpgsql as $$
begin
  perform from pipelines where id = (select pipeline_id from pipeline_couplings where app_id = new.id) for no key update;
  delete from pipeline_couplings where app_id = new.id;
  return null;
end $$;
create trigger apps_uncouple after update of destroyed_at on apps
  for each row when (old.destroyed_at is null and new.destroyed_at is not null) execute function uncouple_app();

create table promotions (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null, -- kept as the record when the pipeline goes
  source_app_id uuid not null references apps,
  source_release_id uuid not null references releases,
  slug_id uuid not null references slugs,
  created_by uuid references accounts,
  created_by_name text not null,
  created_at timestamptz not null default now()
);
create index promotions_pipeline_id on promotions (pipeline_id, created_at);

-- How a target fares is what its release says; a promotion is completed once none of them is pending.
create table promotion_targets (
  id uuid primary key default gen_random_uuid(),
  promotion_id uuid not null references promotions,
  app_id uuid not null references apps,
  release_id uuid not null references releases,
  created_at timestamptz not null default now(),
  constraint promotion_targets_app_key unique (promotion_id, app_id)
);
create unique index promotion_targets_release_id on promotion_targets (release_id);
