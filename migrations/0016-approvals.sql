-- Rules of a stage of a pipeline, who approved what, and promotions as transactions that can be cancelled, retried and undone.

-- A stage without a row has Heroku's behaviour: whoever has deploy on an app changes it.
create table stage_policies (
  stage_id uuid primary key references pipeline_stages on delete cascade,
  approvals integer not null default 0 check (approvals between 0 and 20),
  approval_team_id uuid references teams, -- null: the pipeline's own
  approval_hours integer not null default 168 check (approval_hours between 1 and 8760),
  promoters text check (promoters in ('admins', 'deployers')), -- null: as the pipeline says for production
  direct_deploys boolean not null default true, -- pushes, builds and slugs straight to its apps
  blocking_findings text[] not null default '{}', -- codes of a plan's findings
  auto_rollback_minutes integer not null default 0 check (auto_rollback_minutes between 0 and 60),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- `starts` and `ends` are clock times of the zone: 'Fri 16:00' of a weekly one, '2026-12-20T00:00' of a range.
create table stage_freezes (
  id uuid primary key default gen_random_uuid(),
  stage_id uuid not null references pipeline_stages on delete cascade,
  kind text not null check (kind in ('weekly', 'range')),
  starts text not null,
  ends text not null,
  time_zone text not null,
  reason text,
  created_by uuid references accounts,
  created_by_name text not null,
  created_at timestamptz not null default now()
);
create index stage_freezes_stage_id on stage_freezes (stage_id);

-- Until it expires the account's own changes to the stage's apps go through in spite of a freeze.
create table freeze_overrides (
  id uuid primary key default gen_random_uuid(),
  stage_id uuid not null references pipeline_stages on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  account_name text not null,
  reason text not null check (reason <> ''),
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index freeze_overrides_stage_id on freeze_overrides (stage_id, account_id);

-- That these very files may come to that very app.
create table approval_requests (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  app_id uuid not null references apps on delete cascade,
  digest text not null,
  source_app_id uuid not null references apps,
  source_release_id uuid not null references releases,
  requested_by uuid references accounts,
  requested_by_name text not null,
  expires_at timestamptz not null,
  withdrawn_at timestamptz,
  created_at timestamptz not null default now()
);
create index approval_requests_pipeline_id on approval_requests (pipeline_id, created_at);
create index approval_requests_app_id on approval_requests (app_id, digest);
create unique index approval_requests_one_open on approval_requests (app_id, digest) where withdrawn_at is null;

create table approvals (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references approval_requests on delete cascade,
  account_id uuid not null references accounts on delete cascade,
  account_name text not null,
  created_at timestamptz not null default now(),
  constraint approvals_account_key unique (request_id, account_id)
);

alter table releases add column cause text; -- what kind of change made it; null: before this was kept

alter table promotions
  add column number bigint generated always as identity, -- pages go by it
  add column all_or_nothing boolean not null default false,
  add column retry_of uuid references promotions,
  add column idempotency_key text,
  add column request_hash text, -- of the body that came with the key
  add column plan jsonb, -- as it was when the promotion was made; keys of config vars only
  add column settled_at timestamptz; -- every target has come to its end, and this has been told
create unique index promotions_idempotency_key on promotions (created_by, idempotency_key);
alter table promotion_targets
  add column previous_release_id uuid references releases,
  add column approvals jsonb not null default '[]', -- who had approved it then: [{"name", "at"}]
  add column freeze_override text, -- the reason, if it went through in spite of a freeze
  add column rollback_release_id uuid references releases, -- what undid it
  add column rollback_note text; -- why it was not undone

-- Whatever ends a target's release, in the same transaction a job is there that sees to its promotion.
create function settle_promotion() returns trigger language plpgsql as $$
declare
  promotion uuid;
begin
  for promotion in select promotion_id from promotion_targets where release_id = new.id loop
    perform graphile_worker.add_job('settle-promotion', json_build_object('promotionId', promotion),
      queue_name => 'promotion:' || promotion, job_key => 'settle-promotion:' || promotion);
  end loop;
  return null;
end $$;
create trigger releases_settle_promotion after update of status on releases
  for each row when (old.status = 'pending' and new.status <> 'pending') execute function settle_promotion();

-- Releases that are rolled back by themselves if one of their dynos crashes before `until`.
create table release_watches (
  release_id uuid primary key references releases on delete cascade,
  until timestamptz not null,
  ended_at timestamptz, -- it has been decided
  created_at timestamptz not null default now()
);
create function note_crash() returns trigger language plpgsql as $$
begin
  if exists (select from release_watches where release_id = new.release_id and ended_at is null and until > now()) then
    perform graphile_worker.add_job('roll-back-crashed', json_build_object('releaseId', new.release_id),
      job_key => 'roll-back-crashed:' || new.release_id);
  end if;
  return null;
end $$;
create trigger dynos_note_crash after update on dynos for each row
  when (new.kind = 'kept' and new.wanted and new.retired_at is null
    and (new.restarts > old.restarts or new.state = 'crashed' and old.state <> 'crashed'))
  execute function note_crash();

create table pipeline_webhooks (
  id uuid primary key default gen_random_uuid(),
  pipeline_id uuid not null references pipelines on delete cascade,
  url text not null,
  sealed_secret text not null,
  events text[] not null,
  created_by uuid not null references accounts, -- whose data key seals the secret
  created_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index pipeline_webhooks_pipeline_id on pipeline_webhooks (pipeline_id);
create table webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references pipeline_webhooks on delete cascade,
  event text not null,
  payload text not null, -- the very bytes that are signed
  status text not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
  attempts integer not null default 0,
  last_answer text, -- the HTTP status, or what went wrong
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index webhook_deliveries_webhook_id on webhook_deliveries (webhook_id, created_at);
