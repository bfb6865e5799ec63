import { sql } from 'kysely'
import type { Static, TSchema } from 'typebox'
import type { Db } from '#/foundation/db.ts'

/** A kind of job: its name and the shape of its arguments. The noun that owns it announces it in `<noun>-jobs.ts`. */
export type JobKind<Schema extends TSchema> = {
  name: string
  schema: Schema
  maxAttempts: number
  /** Crontab time (UTC) at which one is enqueued by itself, without arguments; a missed one is made up for within a day. */
  schedule?: string
}

export const defineJob = <Schema extends TSchema>(
  name: string,
  schema: Schema,
  { maxAttempts = 25, ...rest }: { maxAttempts?: number; schedule?: string } = {},
): JobKind<Schema> => ({ name, schema, maxAttempts, ...rest })

export type EnqueueOptions = {
  /** Jobs of one queue run one after another, in the order in which they were enqueued. */
  queue?: string
  /** At most one waiting job has this key; a later one replaces it. */
  key?: string
  runAt?: Date
}

/** Adds a job in the caller's transaction, so that it exists exactly if what it is about exists. */
export const enqueue = async <Schema extends TSchema>(
  db: Db,
  kind: JobKind<Schema>,
  args: Static<Schema>,
  options: EnqueueOptions = {},
): Promise<void> => {
  await sql`select graphile_worker.add_job(
    ${kind.name}::text,
    payload => ${JSON.stringify(args)}::json,
    queue_name => ${options.queue ?? null}::text,
    run_at => ${options.runAt ?? null}::timestamptz,
    max_attempts => ${kind.maxAttempts}::int,
    job_key => ${options.key ?? null}::text
  )`.execute(db)
}

/** What a job's function is given besides its arguments. */
export type JobContext = { attempt: number; isLastAttempt: boolean; signal: AbortSignal }

/** A job kind with what does it; `src/worker` mounts them. */
export type JobHandler = {
  kind: JobKind<TSchema>
  perform: (args: unknown, context: JobContext) => Promise<void>
}

export const handleJob = <Schema extends TSchema>(
  kind: JobKind<Schema>,
  perform: (args: Static<Schema>, context: JobContext) => Promise<void>,
): JobHandler => ({ kind, perform: (args, context) => perform(args as Static<Schema>, context) })
