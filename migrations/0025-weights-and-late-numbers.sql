-- The share of an app's requests that a dyno takes, beside those of its others.
alter table dynos add column weight integer not null default 1 constraint dynos_weight check (weight >= 0);

-- While none of an app's dynos takes requests, a web dyno that comes, goes or fails matters to routers too (see 0023).
-- Apps that are served are told of as before.
create or replace function dyno_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('dyno_changed', new.app_id::text);
  if tg_op = 'UPDATE' and (new.routable <> old.routable
      or new.type = 'web' and new.state <> old.state and 'crashed' in (new.state, old.state)
      or new.routable and (new.host, new.port, new.weight) is distinct from (old.host, old.port, old.weight)) then
    perform touch_route(new.app_id);
  elsif new.type = 'web' and new.kind = 'kept'
      and (tg_op = 'INSERT' or new.wanted <> old.wanted or (new.retired_at is null) <> (old.retired_at is null))
      and not exists (select from dynos where app_id = new.app_id and stopped_at is null and routable) then
    perform touch_route(new.app_id);
  end if;
  return null;
end $$;

-- The numbers of the feeds of routes and of dynos are taken as late as a transaction can: whoever takes one keeps all
-- others from theirs until its commit, and a promotion to many apps has a second of work left after its first dyno.
drop trigger dynos_changed on dynos;
drop trigger dynos_feed on dynos;
drop trigger config_var_marks_feed on config_var_marks;
drop function feed_dyno();

create constraint trigger dynos_changed after insert or update on dynos deferrable initially deferred
  for each row execute function dyno_changed();

-- Routes before dynos, as in every transaction that takes numbers of both: else two would wait for one another.
create function feed_dyno() returns trigger language plpgsql as $$
begin
  perform from feeds where name = 'routes' for no key update;
  update dynos set feed_number = next_feed_number('dynos') where id = new.id;
  perform pg_notify('dyno_feed', '');
  return null;
end $$;
create constraint trigger dynos_feed after insert on dynos deferrable initially deferred
  for each row execute function feed_dyno();
create constraint trigger dynos_feed_wanted after update of wanted on dynos deferrable initially deferred
  for each row when (new.wanted <> old.wanted) execute function feed_dyno();
create constraint trigger config_var_marks_feed after insert or update or delete on config_var_marks
  deferrable initially deferred for each row execute function feed_marks();
