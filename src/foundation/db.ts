import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { config } from '#/foundation/config.ts'
import type { DB } from '#/foundation/database-types.ts'

/** A pool or a transaction: every store function takes either. */
export type Db = Kysely<DB>

export type Database = { db: Db; pool: pg.Pool; url: string; stop: () => Promise<void> }

pg.types.setTypeParser(pg.types.builtins.INT8, Number) // event and feed numbers stay far below 2^53

/** @param url `postgres://…`; the database's snake_case columns are camelCase in code. */
export const openDatabase = (url: string, poolSize: number = config.databasePoolSize): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    application_name: 'sluice',
  })
  // An idle connection that breaks is replaced at the next query, which reports if it cannot.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  return { db, pool, url, stop: () => pool.end() }
}

/** Runs `work` in one transaction; inside a transaction it joins it. */
export const transaction = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db) : db.transaction().execute(work)

/** Reads that must agree with one another: one snapshot, no writes. */
export const snapshot = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)

export const isReachable = async (db: Db): Promise<boolean> => {
  try {
    await sql`select 1`.execute(db)
    return true
  } catch {
    return false
  }
}
