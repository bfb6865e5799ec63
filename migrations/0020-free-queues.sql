-- A worker completes a job without waiting for that, and looks for its next one at once: often before the job's queue is
-- free. What waits in the queue would then lie there until somebody polls. So a queue that comes free wakes a worker.
create function wake_worker() returns trigger language plpgsql as $$
begin
  perform pg_notify('jobs:insert', '{"count":1}');
  return null;
end $$;
create trigger job_queues_wake_worker after update of locked_at on graphile_worker._private_job_queues
  for each row when (old.locked_at is not null and new.locked_at is null) execute function wake_worker();
