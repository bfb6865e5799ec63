import pg from 'pg'
import { scramVerifier } from './scram-verifier.ts'

const CONNECT_LIMIT_MS = 5_000
const STATEMENT_LIMIT_MS = 60_000

export type DatabaseSpec = {
  user: string
  database: string
  password: string
  /** At once. */
  connections: number
}

/**
 * Makes sure of an add-on's role and database, however far an attempt before this one got. The role owns its database
 * and can enter no other.
 * @param adminUrl of a superuser of the add-on cluster
 */
export const ensureDatabase = (adminUrl: string, spec: DatabaseSpec): Promise<void> =>
  withClient(adminUrl, async (client) => {
    const role = pg.escapeIdentifier(spec.user)
    const database = pg.escapeIdentifier(spec.database)
    await closeToTheRest(client)
    if (!(await exists(client, 'select from pg_roles where rolname = $1', spec.user)))
      await client.query(`create role ${role}`)
    await client.query(
      `alter role ${role} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
       connection limit ${spec.connections} password ${pg.escapeLiteral(scramVerifier(spec.password))}`,
    )
    if (!(await exists(client, 'select from pg_database where datname = $1', spec.database)))
      await client.query(
        `create database ${database} owner ${role} template template0 encoding 'UTF8' allow_connections false`,
      )
    await client.query(`revoke all on database ${database} from public`)
    await client.query(`alter database ${database} allow_connections true`)
  })

/** Takes role and database away, with whoever is connected. Done again it does nothing. */
export const dropDatabase = (
  adminUrl: string,
  { user, database }: Pick<DatabaseSpec, 'user' | 'database'>,
): Promise<void> =>
  withClient(adminUrl, async (client) => {
    const role = pg.escapeIdentifier(user)
    const isThere = await exists(client, 'select from pg_roles where rolname = $1', user)
    if (isThere) await client.query(`alter role ${role} nologin`)
    await client.query(`drop database if exists ${pg.escapeIdentifier(database)} with (force)`)
    await client.query(`drop role if exists ${role}`)
  })

/** The databases that every cluster has are open to everybody at first. */
const closeToTheRest = async (client: pg.Client): Promise<void> => {
  for (const database of ['postgres', 'template1'])
    if (
      await exists(client, `select where has_database_privilege('public', $1, 'connect')`, database)
    )
      await client.query(`revoke connect on database ${database} from public`)
}

const exists = async (client: pg.Client, query: string, name: string): Promise<boolean> =>
  ((await client.query(query, [name])).rowCount ?? 0) > 0

const withClient = async (
  url: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    application_name: 'sluice-add-ons',
  })
  client.on('error', () => {}) // the query under way reports it
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}
