-- Certificates that domains of an app are served with over TLS.
create table certificates (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  name text not null,
  chain text not null, -- PEM: the leaf, then who issued it, and so on
  sealed_key text not null, -- its private key, by the app's data key
  names text[] not null check (names <> '{}'), -- host names it is for; lower case, some with *.
  subject text not null,
  issuer text not null,
  starts_at timestamptz not null,
  expires_at timestamptz not null,
  self_signed boolean not null,
  ca_signed boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint certificates_name_key unique (app_id, name),
  unique (id, app_id)
);

alter table domains
  add column certificate_id uuid,
  add constraint domains_certificate_of_app foreign key (certificate_id, app_id)
    references certificates (id, app_id) on delete set null (certificate_id);
create index domains_certificate_id on domains (certificate_id);

-- A row of the routers' feed per certificate; what it says is joined when it is read.
insert into feeds (name, number) values ('certificates', 0);
create table certificate_feed (
  certificate_id uuid primary key, -- outlives the certificate, to say that it is gone
  feed_number bigint not null
);
create index certificate_feed_number on certificate_feed (feed_number);

create function touch_certificate(certificate uuid) returns void language plpgsql as $$
begin
  insert into certificate_feed values (certificate, next_feed_number('certificates'))
    on conflict (certificate_id) do update set feed_number = excluded.feed_number;
  perform pg_notify('certificate_feed', '');
end $$;

create function certificate_changed() returns trigger language plpgsql as $$
begin
  perform touch_certificate(coalesce(new.id, old.id));
  return null;
end $$;
create trigger certificates_changed after insert or update or delete on certificates
  for each row execute function certificate_changed();

create function certificate_of_domain_changed() returns trigger language plpgsql as $$
begin
  if old.certificate_id is not null then perform touch_certificate(old.certificate_id); end if;
  if new.certificate_id is not null and new.certificate_id is distinct from old.certificate_id then
    perform touch_certificate(new.certificate_id);
  end if;
  return null;
end $$;
create trigger domains_certificate_changed after insert or update of hostname, certificate_id or delete on domains
  for each row execute function certificate_of_domain_changed();

create function drop_certificates() returns trigger language plpgsql as $$
begin
  delete from certificates where app_id = new.id;
  return null;
end $$;
create trigger apps_drop_certificates after update of destroyed_at on apps
  for each row when (old.destroyed_at is null and new.destroyed_at is not null) execute function drop_certificates();

-- How the routers serve an app, beyond what Heroku's API has words for. No row: all as usual.
create table app_traffic (
  app_id uuid primary key references apps on delete cascade,
  https_only boolean not null default false,
  request_limit integer check (request_limit between 1 and 100000), -- at once; null: the platform's
  drain_limit_ms integer check (drain_limit_ms between 1000 and 600000), -- null: the platform's
  -- Who may come in, while the app is closed to the public: a name and sha256(salt || name:password) in hex.
  auth_user text,
  auth_salt text,
  auth_hash text,
  updated_at timestamptz not null default now(),
  check (num_nulls(auth_user, auth_salt, auth_hash) in (0, 3))
);

create table app_features (
  app_id uuid not null references apps on delete cascade,
  name text not null,
  enabled boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (app_id, name)
);

create function traffic_changed() returns trigger language plpgsql as $$
begin
  perform touch_route(coalesce(new.app_id, old.app_id));
  return null;
end $$;
create trigger app_traffic_changed after insert or update or delete on app_traffic for each row execute function traffic_changed();
create trigger app_features_changed after insert or update or delete on app_features for each row execute function traffic_changed();

-- The pages of ERROR_PAGE_URL and MAINTENANCE_PAGE_URL, which every visitor may see, in the clear for the routers.
alter table config_snapshots
  add column error_page_url text,
  add column maintenance_page_url text;

create function pages_changed() returns trigger language plpgsql as $$
begin
  if (select row(error_page_url, maintenance_page_url) from config_snapshots where id = new.config_snapshot_id)
    is distinct from (select row(error_page_url, maintenance_page_url) from config_snapshots where id = old.config_snapshot_id)
  then
    perform touch_route(new.id);
  end if;
  return null;
end $$;
create trigger apps_pages_changed after update of config_snapshot_id on apps
  for each row when (old.config_snapshot_id is distinct from new.config_snapshot_id) execute function pages_changed();
