import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { config } from '#/foundation/config.ts'
import type { DB } from '#/foundation/database-types.ts'
import { hasCode } from '#/foundation/errors.ts'

/** A pool or a transaction: every store function takes either. */
export type Db = Kysely<DB>

export type Database = { db: Db; pool: pg.Pool; url: string; stop: () => Promise<void> }

pg.types.setTypeParser(pg.types.builtins.INT8, Number) // event and feed numbers stay far below 2^53

/** @param url `postgres://…`; the database's snake_case columns are camelCase in code. */
export const openDatabase = (url: string, poolSize: number = config.databasePoolSize): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    min: Math.min(KEPT_CONNECTIONS, poolSize),
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    application_name: 'sluice',
  })
  // An idle connection that breaks is replaced at the next query, which reports if it cannot.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    prepareStatements(client)
  })
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  return { db, pool, url, stop: () => pool.end() }
}

/** Of an idle process: a new connection knows neither the tables nor a plan, which costs its first statements milliseconds. */
const KEPT_CONNECTIONS = 4
/** On each connection. Texts with lists in them come in many lengths; past this number they are planned each time. */
const MOST_PREPARED = 400

/** A statement with parameters is parsed once per connection and, after some runs, planned no more: that is most of its time. */
const prepareStatements = (client: pg.ClientBase): void => {
  const names = new Map<string, string>()
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  const prepared = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    if (typeof text !== 'string' || !Array.isArray(values) || rest.length > 0)
      return query(text, values, ...rest)
    const name = names.get(text) ?? `statement-${names.size}`
    if (names.size === MOST_PREPARED && !names.has(text)) return query(text, values)
    names.set(text, name)
    return query({ name, text, values })
  }
  client.query = prepared as typeof client.query
}

/** Deadlock and serialization failure: PostgreSQL has undone everything, and another try may well succeed. */
const UNDONE = ['40P01', '40001']
const MOST_TRIES = 5

/**
 * Runs `work` in one transaction; inside a transaction it joins it. `work` changes nothing but the database: it is
 * run again if PostgreSQL had to undo it because of others.
 */
export const transaction = async <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> => {
  if (db.isTransaction) return work(db)
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (tries === MOST_TRIES || !UNDONE.some((code) => hasCode(error, code))) throw error
      await pause(Math.random() * 20 * tries)
    }
  }
}

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
