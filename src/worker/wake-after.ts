import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'

/** The worker writes down that a job is over without waiting for it, and says so before it is done. */
const LOOKS_AFTER_MS = [0, 5, 20, 80, 320, 1_280]

/**
 * Wakes a worker once a job that had a queue is over: whoever completed it has looked for its next job before the queue
 * was free, and what waits there would lie until somebody polls.
 */
export const wakeAfter = async (pool: pg.Pool, jobId: string): Promise<void> => {
  for (const ms of LOOKS_AFTER_MS) {
    await pause(ms)
    const { rowCount } = await pool.query(
      `select pg_notify('jobs:insert', '{"count":1}')
       where not exists (select from graphile_worker.jobs where id = $1 and locked_at is not null)`,
      [jobId],
    )
    if (rowCount === 1) return
  }
}
