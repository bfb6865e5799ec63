import { keeperEnvironment } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { clusterUrl, type PostgresCluster } from '#/foundation/postgres-cluster.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { routerNames } from '#/foundation/settings.ts'
import { setTimeout as pause } from 'node:timers/promises'
import type { HeldPort } from './held-port.ts'
import { postgresProcess } from './postgres-process.ts'
import type { ProcessSpec } from './process-spec.ts'

export type PlatformOptions = {
  dataDir: string
  /** An external database; empty if the platform keeps its own. */
  databaseUrl: string
  ports: { api: HeldPort; router: HeldPort; routerTls: HeldPort }
  routerWorkers: number
}

/** What one machine runs, in the order in which it starts. Apps need only the engine and the router: they wait for nobody. */
export const platformProcesses = (options: PlatformOptions): ProcessSpec[] => {
  const cluster: PostgresCluster = {
    dataDir: dataDirPaths(options.dataDir).postgres,
    socketDir: dataDirPaths(options.dataDir).postgresSocketDir,
    port: null,
  }
  const postgres = options.databaseUrl === '' ? postgresProcess('postgres', cluster) : undefined
  const databaseUrl = options.databaseUrl || clusterUrl(cluster, 'postgres')
  return [
    ...(postgres ? [postgres] : []),
    controlPlane(options, databaseUrl, postgres),
    engine(options),
    ...routerNames(options).map((name) => router(options, name)),
  ]
}

const controlPlane = (
  { dataDir, ports }: PlatformOptions,
  databaseUrl: string,
  postgres: ProcessSpec | undefined,
): ProcessSpec => ({
  name: 'control-plane',
  command: programCommand('control-plane', '--listen-fd', '3'),
  env: keeperEnvironment(dataDir, databaseUrl),
  ports: [ports.api],
  prepare: (signal) => untilReady(postgres, signal),
  // Two at once would take the feeds' socket from one another. Calls wait in the port's queue meanwhile.
  succession: 'after',
  ends: 'after the dynos',
  stopSignal: 'SIGTERM',
  leaveLimitMs: 5_000,
  stopLimitMs: 5_000,
})

const engine = ({ dataDir }: PlatformOptions): ProcessSpec => ({
  name: 'engine',
  command: programCommand('engine'),
  env: keeperEnvironment(dataDir, ''),
  // One at a time decides what runs; the dynos go on without it.
  succession: 'after',
  ends: 'before the dynos',
  stopSignal: 'SIGTERM',
  leaveLimitMs: 10_000,
  stopLimitMs: 10_000,
})

/** Of each the router accepts a connection in a turn of its loop: see `Listen`. */
export const DESCRIPTORS_OF_PORT = 8

const router = ({ dataDir, ports }: PlatformOptions, name: string): ProcessSpec => ({
  name,
  command: programCommand(
    'router',
    // The first goes without, so that a version that knows of no names can be put back.
    ...(name === 'router' ? [] : ['--name', name]),
    ...['--listen-fd', '3', '--tls-listen-fd', '4'],
  ),
  env: {
    ...keeperEnvironment(dataDir, ''),
    SLUICE_DESCRIPTORS_OF_PORT: String(DESCRIPTORS_OF_PORT), // no option: an older version refuses one that it does not know
  },
  ports: [ports.router, ports.routerTls],
  descriptorsOfPort: DESCRIPTORS_OF_PORT,
  succession: 'beside',
  ends: 'before the dynos',
  stopSignal: 'SIGINT',
  leaveSignal: 'SIGTERM',
  // It keeps connections at rest for 21 s, and lets requests that come on them take 30 s; when everything goes down,
  // their dynos go too.
  leaveLimitMs: 60_000,
  stopLimitMs: 8_000,
})

/** Runs only where an app has a log drain. */
export const drainerProcess = (dataDir: string): ProcessSpec => ({
  name: 'drainer',
  command: programCommand('drainer'),
  env: keeperEnvironment(dataDir, ''),
  // Two at once would send everything twice.
  succession: 'after',
  ends: 'after the dynos', // so that their last lines are sent
  stopSignal: 'SIGTERM',
  leaveLimitMs: 5_000,
  stopLimitMs: 5_000,
})

const LOOK_EVERY_MS = 20

/** A control plane without its database would only die. */
const untilReady = async (
  postgres: ProcessSpec | undefined,
  signal: AbortSignal,
): Promise<void> => {
  while (postgres && !isUp(postgres)) await pause(LOOK_EVERY_MS, undefined, { signal })
}

const isUp = ({ find, isReady }: ProcessSpec): boolean => {
  const process = find?.()
  return process !== undefined && isReady?.(process) === true
}
