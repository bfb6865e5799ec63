import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { runMigrations } from 'graphile-worker'

const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url))
const LOCK = 721_453_001

/**
 * Brings the schema to the newest migration, each file in a transaction of its own; of several
 * processes that start at once one migrates and the others wait (advisory lock).
 * A database that knows a migration we do not have is newer than this code, which is fine: migrations only expand.
 */
export const migrate = async (pool: pg.Pool): Promise<string[]> => {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await runMigrations({ pgPool: pool }) // before ours, which build on the tables of jobs
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations')
    const applied = new Set(rows.map((row) => row.name))
    const pending = (await listMigrations()).filter((name) => !applied.has(name))
    for (const name of pending) await apply(client, name)
    return pending
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => {})
    client.release()
  }
}

/** Whether a platform keeps its data there already. */
export const isMigrated = async (pool: pg.Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ known: boolean }>(
    `select to_regclass('schema_migrations') is not null as known`,
  )
  return rows[0]?.known ?? false
}

const listMigrations = async (): Promise<string[]> =>
  (await readdir(MIGRATIONS)).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name)).sort()

const apply = async (client: pg.PoolClient, name: string): Promise<void> => {
  const sql = await readFile(MIGRATIONS + name, 'utf8')
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query('insert into schema_migrations (name) values ($1)', [name])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${name} failed.`, { cause: error })
  }
}
