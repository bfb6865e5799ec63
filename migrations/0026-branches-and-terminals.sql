-- The branch that was chosen for a build, as it was then; unlike `branch` it does not move by it.
alter table builds add column source_branch text,
  add constraint builds_one_branch check (num_nonnulls(branch, source_branch) <= 1);

-- The engine is also told of another size of a dyno's terminal.
create constraint trigger dynos_feed_tty after update of tty on dynos deferrable initially deferred
  for each row when (new.tty is distinct from old.tty) execute function feed_dyno();
