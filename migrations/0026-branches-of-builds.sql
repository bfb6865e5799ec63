-- The branch that was chosen for a build, as it was then; unlike `branch` it does not move by it.
alter table builds add column source_branch text,
  add constraint builds_one_branch check (num_nonnulls(branch, source_branch) <= 1);
