-- The config that a pipeline's review and test apps start with, sealed as one JSON object by a key of the pipeline.
alter table data_keys
  add column pipeline_id uuid constraint data_keys_pipeline_id_key unique references pipelines on delete cascade,
  drop constraint data_keys_one_owner,
  add constraint data_keys_one_owner check (num_nonnulls(app_id, account_id, pipeline_id) = 1);

create table pipeline_config_vars (
  pipeline_id uuid not null references pipelines on delete cascade,
  stage text not null check (stage in ('review', 'test')),
  sealed text not null,
  updated_at timestamptz not null default now(),
  primary key (pipeline_id, stage)
);
