-- Of the requests of a dyno that was out of the table already, the one that took longest: `longest_ms` is of its whole life.
alter table dyno_requests add column longest_drained_ms bigint not null default 0;

-- Routers that ended in order, having told all they had counted. Of one that is neither here nor among the followers
-- something may be missing. Kept for a day.
create table routers_gone (
  id text primary key,
  at timestamptz not null default now()
);
