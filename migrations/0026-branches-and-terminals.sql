-- The branch that was chosen for a build, as it was then; unlike `branch` it does not move by it.
alter table builds add column source_branch text,
  add constraint builds_one_branch check (num_nonnulls(branch, source_branch) <= 1);

-- The engine is also told of another size of a dyno's terminal.
create or replace function feed_dyno() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.wanted <> old.wanted or new.tty is distinct from old.tty then
    new.feed_number := next_feed_number('dynos');
    perform pg_notify('dyno_feed', '');
  end if;
  return new;
end $$;
