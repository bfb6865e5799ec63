-- Events become an audit log: complete, append-only and sealed hour by hour. And: which master keys are in use.

alter table events add column result text not null default 'success' check (result in ('success', 'refused', 'failed'));
alter table events add column account_id uuid; -- whose account it is about, if it is about one
create index events_pipeline_id on events (pipeline_id, id);
create index events_actor_account_id on events (actor_account_id, id);
create index events_account_id on events (account_id, id);
create index events_occurred_at on events (occurred_at);

-- One row a closed hour that has events. Each seal holds the hash of the one before, so that none can be changed or taken out.
create table event_seals (
  hour timestamptz primary key check (hour = date_trunc('hour', hour, 'UTC')),
  count integer not null check (count > 0),
  first_id bigint not null,
  last_id bigint not null,
  row_hashes bytea, -- of each event, by id: 8 bytes of id, 32 bytes of SHA-256; null once its events were dropped
  rows_hash bytea not null check (length(rows_hash) = 32), -- SHA-256 of row_hashes, which outlives them
  previous_hash bytea not null check (length(previous_hash) = 32) constraint event_seals_previous_hash_key unique,
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null default clock_timestamp(),
  dropped_at timestamptz -- when retention dropped the hour's events
);

-- An event's time is read after its transaction has its number, so that every event of an hour belongs to a transaction that
-- was numbered before the hour's end (see seal-events.ts), and never lies in an hour that is sealed, even if the clock is set back.
create function prepare_event() returns trigger language plpgsql as $$
begin
  perform pg_current_xact_id();
  new.occurred_at := greatest(clock_timestamp(), (select max(hour) + interval '1 hour' from event_seals));
  if new.team_id is null and new.app_id is not null then
    new.team_id := (select team_id from apps where id = new.app_id);
  end if;
  if new.team_id is null and new.pipeline_id is not null then
    new.team_id := (select team_id from pipelines where id = new.pipeline_id);
  end if;
  if new.account_id is null and new.resource = 'account' then
    new.account_id := (select id from accounts where id::text = new.resource_id);
  end if;
  if new.action = 'refuse' and new.result = 'success' then
    new.result := 'failed'; -- a sign-in that did not come about
  end if;
  return new;
end $$;
create trigger events_prepare before insert on events for each row execute function prepare_event();

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed or removed.', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger events_append_only before update or truncate on events for each statement execute function refuse_change();
create function refuse_delete_of_kept() returns trigger language plpgsql as $$
begin
  if exists (select from event_seals where hour = date_trunc('hour', old.occurred_at, 'UTC') and dropped_at is not null) then
    return old;
  end if;
  raise exception 'Events are kept until retention drops their hour.' using errcode = 'insufficient_privilege';
end $$;
create trigger events_kept before delete on events for each row execute function refuse_delete_of_kept();

create trigger event_seals_kept before delete or truncate on event_seals for each statement execute function refuse_change();
create trigger event_seals_unchanged before update on event_seals for each row
  when (old.dropped_at is not null or new.dropped_at is null
    or (old.hour, old.count, old.first_id, old.last_id, old.rows_hash, old.previous_hash, old.hash, old.sealed_at)
      is distinct from (new.hour, new.count, new.first_id, new.last_id, new.rows_hash, new.previous_hash, new.hash, new.sealed_at))
  execute function refuse_change();

-- The master keys that data keys are or may be wrapped by; the keys themselves are in a file. A rotation that has re-wrapped
-- everything deletes the old one's row, which the foreign key refuses while a single data key needs it.
create table master_keys (
  id text primary key,
  created_at timestamptz not null default now()
);
insert into master_keys (id) select distinct master_key_id from data_keys;
alter table data_keys add constraint data_keys_master_key_id_fkey foreign key (master_key_id) references master_keys;
create index data_keys_master_key_id on data_keys (master_key_id);
