import { Logger as JobLogger, run, type Job, type TaskList } from 'graphile-worker'
import { EventEmitter } from 'node:events'
import type pg from 'pg'
import type { JobHandler } from '#/foundation/jobs.ts'
import type { Log } from '#/foundation/log.ts'
import { releaseJobsOfTheDead } from './dead-workers.ts'
import { wakeAfter } from './wake-after.ts'

export type Worker = { stop: () => Promise<void> }

/** Jobs of one process at once. Most of them wait for an engine or a router, and hold no connection while they do. */
const CONCURRENCY = 24
const SWEEP_MS = 2_000

/**
 * Performs jobs until stopped. Jobs of a worker that died are taken up within seconds: `id` names this process in
 * the table of workers, and it holds the advisory lock that says so.
 */
export const startWorker = async (
  { pool, log, id }: { pool: pg.Pool; log: Log; id: string },
  handlers: JobHandler[],
): Promise<Worker> => {
  await releaseJobsOfTheDead(pool)
  const sweep = setInterval(() => {
    releaseJobsOfTheDead(pool).catch((error: unknown) =>
      log.warn({ err: error }, 'dead workers could not be looked for'),
    )
  }, SWEEP_MS)
  const events = new EventEmitter()
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    workerPool.id = id // so that a job says which process has it
  })
  events.on('job:complete', ({ job }: { job: Job }) => {
    if (job.job_queue_id === null) return
    wakeAfter(pool, job.id).catch((error: unknown) =>
      log.debug({ err: error }, 'a queue came free unannounced: it is found by polling'),
    )
  })
  const runner = await run({
    pgPool: pool,
    taskList: taskListOf(handlers),
    crontab: crontabOf(handlers),
    concurrency: CONCURRENCY,
    pollInterval: 5_000,
    noHandleSignals: true,
    events,
    logger: new JobLogger(() => (level, message) => {
      if (level === 'error') log.error(message)
      else if (level === 'warning' && !message.includes('maxPoolSize')) log.warn(message)
    }),
  })
  let stopped = false
  runner.promise
    .then(
      () => undefined,
      (error: unknown) => log.error({ err: error }, 'the worker has stopped'),
    )
    .finally(() => {
      if (!stopped) process.exit(1) // the keeper starts this process again, and what it had begun goes on
    })
  return {
    stop: async () => {
      stopped = true
      clearInterval(sweep)
      await runner.stop()
    },
  }
}

const crontabOf = (handlers: JobHandler[]): string =>
  handlers
    .filter(({ kind }) => kind.schedule !== undefined)
    .map(({ kind }) => `${kind.schedule} ${kind.name} ?fill=1d&jobKey=${kind.name}`)
    .join('\n')

const taskListOf = (handlers: JobHandler[]): TaskList =>
  Object.fromEntries(
    handlers.map(({ kind, perform }) => [
      kind.name,
      async (payload, { job, abortSignal }) => {
        await perform(payload, {
          attempt: job.attempts,
          isLastAttempt: job.attempts >= job.max_attempts,
          signal: abortSignal ?? new AbortController().signal,
        })
      },
    ]),
  )
