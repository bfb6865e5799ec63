-- Workers say themselves when a queue comes free (src/worker/wake-after.ts): nothing of ours hangs on graphile-worker's
-- private tables, which an update of it may make anew.
drop trigger if exists job_queues_wake_worker on graphile_worker._private_job_queues;
drop function if exists wake_worker();
