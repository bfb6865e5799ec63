-- Where an app's log lines go besides its own log. The URL is sealed: it may hold a password or a token.
create table log_drains (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  token text not null constraint log_drains_token_key unique,
  sealed_url text not null,
  url_tag text not null, -- keyed hash of the URL, to tell whether it is there already
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint log_drains_url_key unique (app_id, url_tag)
);
create function notify_log_drains() returns trigger language plpgsql as $$
begin
  perform pg_notify('log_drains_changed', '');
  return null;
end $$;
create trigger log_drains_notify after insert or update or delete on log_drains for each row execute function notify_log_drains();

-- What people say of a config var, whatever its name looks like: whether its value is taken out of the log.
create table config_var_marks (
  app_id uuid not null references apps on delete cascade,
  key text not null,
  mark text not null check (mark in ('secret', 'plain')),
  primary key (app_id, key)
);

-- Running dynos are told anew.
create function feed_marks() returns trigger language plpgsql as $$
begin
  update dynos set feed_number = next_feed_number('dynos')
    where app_id = coalesce(new.app_id, old.app_id) and wanted;
  perform pg_notify('dyno_feed', '');
  return null;
end $$;
create trigger config_var_marks_feed after insert or update or delete on config_var_marks
  for each row execute function feed_marks();

-- What one reporter (a router or an engine, for its life) has seen of a process type in one minute, so far: a later
-- report of the same minute replaces it.
create table metric_minutes (
  app_id uuid not null references apps on delete cascade,
  minute timestamptz not null,
  process_type text not null,
  reporter text not null,
  informational integer not null default 0,
  successful integer not null default 0,
  redirected integer not null default 0,
  client_errors integer not null default 0,
  server_errors integer not null default 0,
  latency_sum_ms bigint not null default 0,
  latency_max_ms integer not null default 0,
  latency_buckets smallint[] not null default '{}', -- those that are not empty …
  latency_counts integer[] not null default '{}',   -- … and how many are in each
  samples integer not null default 0, -- looks at a dyno; the sums below are over them
  cpu_ms bigint not null default 0,
  memory_sum_bytes bigint not null default 0,
  memory_max_bytes bigint not null default 0,
  load_sum real not null default 0,
  primary key (app_id, minute, process_type, reporter)
);
create index metric_minutes_minute on metric_minutes using brin (minute);

-- The same since the app was made, for those who count on numbers that only rise.
create table metric_totals (
  app_id uuid not null references apps on delete cascade,
  process_type text not null,
  informational bigint not null default 0,
  successful bigint not null default 0,
  redirected bigint not null default 0,
  client_errors bigint not null default 0,
  server_errors bigint not null default 0,
  latency_sum_ms bigint not null default 0,
  cpu_ms bigint not null default 0,
  primary key (app_id, process_type)
) with (fillfactor = 70);

create function add_to_metric_totals() returns trigger language plpgsql as $$
begin
  insert into metric_totals as t values (new.app_id, new.process_type,
    new.informational - coalesce(old.informational, 0), new.successful - coalesce(old.successful, 0),
    new.redirected - coalesce(old.redirected, 0), new.client_errors - coalesce(old.client_errors, 0),
    new.server_errors - coalesce(old.server_errors, 0), new.latency_sum_ms - coalesce(old.latency_sum_ms, 0),
    new.cpu_ms - coalesce(old.cpu_ms, 0))
  on conflict (app_id, process_type) do update set
    informational = t.informational + excluded.informational, successful = t.successful + excluded.successful,
    redirected = t.redirected + excluded.redirected, client_errors = t.client_errors + excluded.client_errors,
    server_errors = t.server_errors + excluded.server_errors, latency_sum_ms = t.latency_sum_ms + excluded.latency_sum_ms,
    cpu_ms = t.cpu_ms + excluded.cpu_ms;
  return null;
end $$;
create trigger metric_minutes_total after insert or update on metric_minutes
  for each row execute function add_to_metric_totals();

-- Whether dynos of the old and of the new release may run at the same time; else the old stop first.
alter table apps add column deploys_overlap boolean not null default true;
