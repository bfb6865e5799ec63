import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import {
  createCluster,
  postmasterPid,
  prepareSocketDir,
  serverCommand,
  type PostgresCluster,
} from '#/foundation/postgres-cluster.ts'
import { identify, type ProcessIdentity } from '#/foundation/process-identity.ts'
import type { ProcessSpec } from './process-spec.ts'

/** A cluster of our own: made at its first start; a killed one recovers at its next. */
export const postgresProcess = (name: string, cluster: PostgresCluster): ProcessSpec => ({
  name,
  command: serverCommand(cluster),
  env: hostEnvironment(),
  prepare: async () => {
    await createCluster(cluster)
    await prepareSocketDir(cluster)
    await removeStaleLock(cluster)
  },
  find: () => findPostmaster(cluster),
  isReady: ({ pid }) => readLockFile(cluster).pid === pid && readLockFile(cluster).isReady,
  succession: 'never',
  // SIGTERM would wait for sessions to end by themselves.
  stopSignal: 'SIGINT',
  ends: 'last',
  leaveLimitMs: STOP_LIMIT_MS,
  stopLimitMs: STOP_LIMIT_MS,
})

/** A shutdown writes a checkpoint; a server that is killed instead recovers at its next start. */
const STOP_LIMIT_MS = 60_000

/** Line 1 is the process id, line 8 says how far it has come. */
const readLockFile = ({ dataDir }: PostgresCluster): { pid: number; isReady: boolean } => {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), isReady: lines[7]?.trim() === 'ready' }
  } catch {
    return { pid: 0, isReady: false }
  }
}

const findPostmaster = (cluster: PostgresCluster): ProcessIdentity | undefined => {
  const { pid } = readLockFile(cluster)
  return pid > 0 && worksIn(pid, cluster.dataDir) ? identify(pid) : undefined
}

/**
 * The lock file of a server that was killed names a process id, which after a restart of the machine or container may
 * be anybody's, and PostgreSQL would refuse to start for ever. It is stale for certain if no process at all works in
 * the cluster's folder; while orphans of a killed server still do, it stays and the start is tried again.
 */
const removeStaleLock = async (cluster: PostgresCluster): Promise<void> => {
  if ((await postmasterPid(cluster)) === undefined) return
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  if (pids.some((pid) => worksIn(Number(pid), cluster.dataDir))) return
  await rm(join(cluster.dataDir, 'postmaster.pid'), { force: true })
}

/** Every process of a PostgreSQL server has the cluster's folder as its working directory. */
const worksIn = (pid: number, dir: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dir)
  } catch {
    return false // gone, or another user's
  }
}
