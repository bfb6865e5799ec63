-- A pipeline's stages are its own to name and to order; they count from 0 without a gap.
alter table pipeline_stages
  add constraint pipeline_stages_name_check check (name ~ '^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$'),
  add constraint pipeline_stages_position_check check (position >= 0),
  add column created_at timestamptz not null default now(),
  add column updated_at timestamptz not null default now();
