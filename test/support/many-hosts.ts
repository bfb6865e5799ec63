import type pg from 'pg'

/** An app with one host; its dyno is one of two servers, which each answer with their own name. */
export type ManyHosts = {
  /** Its app's dyno is the server of that number. */
  serverOf: (host: number) => number
  hostName: (host: number) => string
}

const APP_OF = (n: string): string =>
  `('00000000-0000-4000-8000-' || lpad(${n}::text, 12, '0'))::uuid`

/**
 * So many apps with a host and a routable web dyno each, every second on either port, as if they had been made and
 * deployed one by one.
 */
export const insertManyHosts = async (
  pool: pg.Pool,
  { count, ports }: { count: number; ports: [number, number] },
): Promise<ManyHosts> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    // What the triggers would do fifty thousand times over is done once at the end.
    await client.query(`set local session_replication_role = replica`)
    const insert = (text: string, ...values: unknown[]): Promise<unknown> =>
      client.query(`${text} from generate_series(0, $1 - 1) n`, [count, ...values])
    await insert(`insert into apps (id, name, team_id, last_release_version)
      select ${APP_OF('n')}, 'many-' || n, (select id from teams limit 1), 1`)
    await insert(`insert into config_snapshots (id, app_id, sealed, keys)
      select ${APP_OF('n')}, ${APP_OF('n')}, '', '{}'`)
    await insert(`insert into slugs (id, app_id, digest, process_types, stack, size)
      select ${APP_OF('n')}, ${APP_OF('n')}, 'sha256:' || repeat('0', 64), '{"web": "serve"}', 'heroku-24', 1`)
    await insert(`insert into releases (id, app_id, version, slug_id, config_snapshot_id, description, status, current, created_by_name)
      select ${APP_OF('n')}, ${APP_OF('n')}, 1, ${APP_OF('n')}, ${APP_OF('n')}, 'Deploy', 'succeeded', true, 'test'`)
    await insert(`insert into domains (app_id, hostname, kind)
      select ${APP_OF('n')}, 'many-' || n || '.localhost', 'heroku'`)
    await insert(
      `insert into dynos (id, app_id, release_id, kind, type, number, size, command, state, routable, host, port)
      select ${APP_OF('n')}, ${APP_OF('n')}, ${APP_OF('n')}, 'kept', 'web', 1, 'Standard-1X', 'serve', 'up', true,
        '127.0.0.1', ($2::int[])[1 + n % 2]`,
      ports,
    )
    await client.query(`insert into app_routes select id, 1 from apps on conflict do nothing`)
    await client.query(`update feeds set number = 1 where name = 'routes'`)
    await client.query('commit')
    await client.query('analyze')
  } finally {
    client.release()
  }
  return { serverOf: (host) => host % 2, hostName: (host) => `many-${host}.localhost` }
}

/**
 * Exchanges the hosts of two apps in one transaction, so that neither host is ever without an app.
 * Returns the number of the change that tells of it.
 */
export const exchangeHosts = async (
  pool: pg.Pool,
  [one, other]: [string, string],
): Promise<number> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `update domains d set app_id = o.app_id, kind = 'custom' from domains o
       where d.hostname = any($1) and o.hostname = any($1) and d.hostname <> o.hostname`,
      [[one, other]],
    )
    await client.query('commit')
    const { rows } = await client.query<{ number: string }>(
      `select number from feeds where name = 'routes'`,
    )
    return Number(rows[0]?.number)
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** What every router has applied. */
export const appliedNumber = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ number: string | null }>(
    `select min(applied_number) as number from followers where feed = 'routes'`,
  )
  return Number(rows[0]?.number ?? -1)
}
