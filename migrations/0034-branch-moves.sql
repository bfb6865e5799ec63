-- Where a push is about to move branches, written down before git does it: whoever is killed in between leaves it here,
-- and so the event of the push is still written.
create table branch_moves (
  id uuid primary key,
  app_id uuid not null references apps on delete cascade,
  build_id uuid references builds on delete cascade, -- of the push, if it has one
  receiver text references workers on delete set null, -- whose git moves them; null: it has died
  actor jsonb not null,
  moves jsonb not null, -- [{"ref": …, "from": commit, "to": commit}]
  created_at timestamptz not null default now()
);
create index branch_moves_app_id on branch_moves (app_id);
create index branch_moves_build_id on branch_moves (build_id);
create index branch_moves_receiver on branch_moves (receiver);
