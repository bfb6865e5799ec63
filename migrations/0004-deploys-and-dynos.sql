-- The numbers of the feeds. Taking one locks its row until commit, so numbers become visible in their order.
create table feeds (name text primary key, number bigint not null default 0);
insert into feeds (name) values ('dynos'), ('routes');

-- One attempt to make an app run a release, restart or scale.
create table deploys (
  id uuid primary key default gen_random_uuid(),
  number bigint generated always as identity,
  app_id uuid not null references apps,
  kind text not null check (kind in ('release', 'restart', 'scale')),
  release_id uuid not null references releases,
  dyno_name text, -- restart: one dyno (web.1) or one type (web); null is all
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  steps jsonb not null default '[]', -- [{"name", "startedAt", "finishedAt", "result"}] in order
  fence integer not null default 0, -- rises with each runner that takes it; an older runner's writes match no row
  evidence jsonb,
  failure_reason text,
  created_by uuid references accounts,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint deploys_finished check ((status in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null))
);
create unique index deploys_one_running on deploys (app_id) where status = 'running';
create index deploys_app_id on deploys (app_id, number);
create index deploys_release_id on deploys (release_id);
create function notify_deploy() returns trigger language plpgsql as $$
begin
  perform pg_notify('deploy_changed', new.app_id::text);
  return null;
end $$;
create trigger deploys_notify after insert or update on deploys for each row execute function notify_deploy();

-- Wanted and running processes. Rows are wanted by the control plane and reported on by the engine.
create table dynos (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps,
  release_id uuid not null references releases,
  deploy_id uuid references deploys, -- the deploy that wanted it
  kind text not null check (kind in ('kept', 'once')),
  type text not null,
  number integer not null,
  size text not null,
  command text not null,
  sealed_env text, -- JSON object: what a one-off dyno gets besides the release's config
  tty jsonb,       -- {"columns", "lines", "term"} of an attached one-off dyno; null: no terminal
  attach_hash bytea, -- SHA-256 of the rendezvous secret
  wanted boolean not null default true,
  routable boolean not null default false,
  state text not null default 'starting' check (state in ('starting', 'up', 'crashed', 'down', 'complete')),
  host text,
  port integer,
  exit_status integer,
  reason text, -- 'R10 …' or what else the engine says of its end
  restarts integer not null default 0,
  ready_at timestamptz,
  retired_at timestamptz, -- a deploy takes it out: no new requests
  drained_at timestamptz, -- no router has a request for it any more
  stopped_at timestamptz,
  state_changed_at timestamptz not null default now(),
  created_by uuid references accounts,
  created_at timestamptz not null default now(),
  feed_number bigint not null default 0,
  constraint dynos_routable_wanted check (not routable or (wanted and kind = 'kept'))
);
create index dynos_app_id on dynos (app_id) where stopped_at is null;
create index dynos_feed_number on dynos (feed_number);
create unique index dynos_one_release_phase on dynos (deploy_id) where type = 'release' and kind = 'once';

-- A web dyno takes requests while it is up, wanted, not retired, and of its app's current release.
-- In plpgsql, which keeps its plan; the plan takes ten times as long as the update.
create function refresh_routable(app uuid) returns void language plpgsql as $$
begin
  with now_routable as (
    select d.id, d.wanted and d.kind = 'kept' and d.type = 'web' and d.state = 'up' and d.retired_at is null and r.current as value
    from dynos d join releases r on r.id = d.release_id
    where d.app_id = app and d.stopped_at is null
  )
  update dynos d set routable = n.value from now_routable n where n.id = d.id and d.routable <> n.value;
end $$;

-- What the routers counted for a dyno, each since its own start.
create table dyno_requests (
  dyno_id uuid not null references dynos on delete cascade,
  router text not null,
  served bigint not null,
  drained bigint not null,
  failed bigint not null,
  longest_ms bigint not null,
  primary key (dyno_id, router)
);

-- Who follows a feed now, and up to which number it has applied it.
create table followers (
  feed text not null,
  id text not null,
  server text not null references workers on delete cascade, -- the control plane it is connected to
  applied_number bigint not null default -1,
  primary key (feed, id)
);
create function notify_applied() returns trigger language plpgsql as $$
begin
  perform pg_notify('feed_applied', new.feed);
  return null;
end $$;
create trigger followers_notify after insert or update on followers for each row execute function notify_applied();

-- A row of the router's feed per app; what it says is joined when it is read.
create table app_routes (
  app_id uuid primary key, -- outlives the app, to say that it is gone
  feed_number bigint not null
);
create index app_routes_feed_number on app_routes (feed_number);

create function next_feed_number(feed text) returns bigint language sql as $$
  update feeds set number = number + 1 where name = feed returning number;
$$;

create function feed_dyno() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.wanted <> old.wanted then
    new.feed_number := next_feed_number('dynos');
    perform pg_notify('dyno_feed', '');
  end if;
  return new;
end $$;
create trigger dynos_feed before insert or update on dynos for each row execute function feed_dyno();

create function touch_route(app uuid) returns void language plpgsql as $$
begin
  insert into app_routes values (app, next_feed_number('routes'))
    on conflict (app_id) do update set feed_number = excluded.feed_number;
  perform pg_notify('route_feed', '');
end $$;

create function dyno_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('dyno_changed', new.app_id::text);
  if tg_op = 'UPDATE' and (new.routable <> old.routable
      or new.type = 'web' and new.state <> old.state and 'crashed' in (new.state, old.state)
      or new.routable and (new.host, new.port) is distinct from (old.host, old.port)) then
    perform touch_route(new.app_id);
  end if;
  return null;
end $$;
create trigger dynos_changed after insert or update on dynos for each row execute function dyno_changed();

create function domain_changed() returns trigger language plpgsql as $$
begin
  perform touch_route(coalesce(new.app_id, old.app_id));
  return null;
end $$;
create trigger domains_changed after insert or update or delete on domains for each row execute function domain_changed();

create function app_route_changed() returns trigger language plpgsql as $$
begin
  perform touch_route(new.id);
  return null;
end $$;
create trigger apps_route_changed after update of name, maintenance, destroyed_at on apps
  for each row when (row(old.name, old.maintenance, old.destroyed_at) is distinct from row(new.name, new.maintenance, new.destroyed_at))
  execute function app_route_changed();
