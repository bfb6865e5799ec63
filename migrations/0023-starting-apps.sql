-- While none of an app's dynos takes requests, its route also says whether some will soon: routers let requests wait.
-- A web dyno that comes, goes or fails then matters to them, too. Apps that are served are told of as before.
create or replace function dyno_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('dyno_changed', new.app_id::text);
  if tg_op = 'UPDATE' and (new.routable <> old.routable
      or new.type = 'web' and new.state <> old.state and 'crashed' in (new.state, old.state)
      or new.routable and (new.host, new.port) is distinct from (old.host, old.port)) then
    perform touch_route(new.app_id);
  elsif new.type = 'web' and new.kind = 'kept'
      and (tg_op = 'INSERT' or new.wanted <> old.wanted or (new.retired_at is null) <> (old.retired_at is null))
      and not exists (select from dynos where app_id = new.app_id and stopped_at is null and routable) then
    perform touch_route(new.app_id);
  end if;
  return null;
end $$;

-- Between the end of the old dynos and the start of the new ones only the deploy tells that there will be some.
create function stopped_first(steps jsonb) returns boolean language sql immutable as $$
  select steps @> '[{"name": "stop-old"}]'
$$;

create function stopping_deploy_changed() returns trigger language plpgsql as $$
begin
  perform touch_route(new.app_id);
  return null;
end $$;
create trigger deploys_stopped_first after update on deploys
  for each row when (stopped_first(new.steps) and (old.finished_at is null) <> (new.finished_at is null))
  execute function stopping_deploy_changed();
