-- While none of an app's dynos takes requests, its route also says whether some will soon: routers let requests wait.
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
