import pg from 'pg'

/** First half of the advisory locks that living workers hold; the second is their number. */
const LOCK_SPACE = 721_453_002

/**
 * Enters this process in the table of workers and keeps its advisory lock on a connection of its own. PostgreSQL
 * frees the lock the moment the process dies, however it dies. `onLost` is called if the connection breaks.
 */
export const enlistWorker = async (
  url: string,
  id: string,
  onLost: () => void,
): Promise<() => Promise<void>> => {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    application_name: 'sluice-worker-lock',
  })
  await client.connect()
  await client.query('begin')
  const { rows } = await client.query<{ number: number }>(
    'insert into workers (id) values ($1) returning number',
    [id],
  )
  await client.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, rows[0]?.number])
  await client.query('commit')
  let left = false
  const lost = (): void => {
    if (!left) onLost()
  }
  client.on('error', lost)
  client.on('end', lost)
  return async () => {
    left = true
    await client.end()
  }
}

/** Deletes workers whose lock is free and gives their jobs back, so that others take them up at once. */
export const releaseJobsOfTheDead = async (pool: pg.Pool): Promise<void> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ id: string }>(
      'delete from workers where pg_try_advisory_xact_lock($1, number) returning id',
      [LOCK_SPACE],
    )
    // Also whoever locked a job and is not in the table at all: a worker that was deleted just before it took one.
    const { rows: strays } = await client.query<{ id: string }>(
      `select distinct locked_by as id from graphile_worker.jobs
       where locked_by is not null and locked_at < now() - interval '1 second'
         and not exists (select 1 from workers where workers.id = locked_by)
       union
       select distinct locked_by from graphile_worker._private_job_queues
       where locked_by is not null and locked_at < now() - interval '1 second'
         and not exists (select 1 from workers where workers.id = locked_by)`,
    )
    const dead = [...new Set([...rows, ...strays].map(({ id }) => id))]
    if (dead.length > 0) await giveBack(client, dead)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

/** Wakes as many workers as there are jobs: else those without a queue would wait until somebody polls. */
const giveBack = async (client: pg.PoolClient, dead: string[]): Promise<void> => {
  await client.query(
    `select pg_notify('jobs:insert', json_build_object('count', count(*))::text)
     from graphile_worker.jobs where locked_by = any($1::text[])`,
    [dead],
  )
  await client.query('select graphile_worker.force_unlock_workers($1::text[])', [dead])
}
