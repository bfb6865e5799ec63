-- A pipeline's stages are its own to name and to order; they count from 0 without a gap.
alter table pipeline_stages
  add constraint pipeline_stages_name_check check (name ~ '^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$'),
  add constraint pipeline_stages_position_check check (position >= 0),
  add column created_at timestamptz not null default now(),
  add column updated_at timestamptz not null default now();

-- What must hold of a config var when something is promoted into the stage, said of its key; values are elsewhere.
create table config_marks (
  stage_id uuid not null references pipeline_stages on delete cascade,
  key text not null check (key <> '' and length(key) <= 200),
  mark text not null check (mark in ('must-differ', 'must-equal')),
  created_at timestamptz not null default now(),
  constraint config_marks_pkey primary key (stage_id, key)
);

-- What changed paths mean: [{"name", "paths", "message", "level", "downtime"}], beside the platform's own rules.
alter table pipelines add column path_rules jsonb;

-- Of the build: the app.json's own rules for paths, and the config vars whose values are in the slug's files:
-- {"KEY": {"hash", "files", "count"}}, hashed with the data key of the app that was built.
alter table slugs
  add column path_rules jsonb,
  add column baked_in jsonb;

create table account_features (
  account_id uuid not null references accounts on delete cascade,
  name text not null,
  created_at timestamptz not null default now(),
  constraint account_features_pkey primary key (account_id, name)
);
