-- Every router that has followed the routes, since when: one that comes and is killed within a deploy may have served
-- requests of which nobody has heard. Written before it is given its table. Kept for a day.
create table routers_seen (
  id text primary key,
  at timestamptz not null default now()
);

create function note_router_seen() returns trigger language plpgsql as $$
begin
  insert into routers_seen (id) values (new.id) on conflict do nothing;
  return null;
end $$;
create trigger followers_seen after insert on followers for each row when (new.feed = 'routes')
  execute function note_router_seen();
