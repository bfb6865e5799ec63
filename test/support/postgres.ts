import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { start, ended } from '#/foundation/exec.ts'
import { hostEnvironment } from '#/foundation/config.ts'
import {
  clusterUrl,
  createCluster,
  prepareSocketDir,
  serverCommand,
  type PostgresCluster,
} from '#/foundation/postgres-cluster.ts'
import { isReachable, openDatabase } from '#/foundation/db.ts'
import { until } from './until.ts'

/** A private cluster for tests, without fsync, on a socket of its own; with a port, on localhost too. */
export const startTestCluster = async (
  port: number | null = null,
): Promise<{
  urlOf: (database: string) => string
  stop: () => Promise<void>
}> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-postgres-'))
  const cluster: PostgresCluster = {
    dataDir: join(dir, 'data'),
    socketDir: join(dir, 's'),
    port,
  }
  await createCluster(cluster)
  await prepareSocketDir(cluster)
  const [file, ...args] = serverCommand(cluster)
  const server = start(file, [...args, '-c', 'fsync=off', '-c', 'full_page_writes=off'], {
    stdio: 'ignore',
    env: hostEnvironment(),
  })
  await untilReachable(clusterUrl(cluster, 'postgres'), server)
  return {
    urlOf: (database) => clusterUrl(cluster, database),
    stop: async () => {
      await stopServer(server)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const untilReachable = async (url: string, server: ChildProcess): Promise<void> => {
  const database = openDatabase(url, 1)
  const isUp = async (): Promise<boolean> => {
    if (server.exitCode !== null) throw new Error('The test cluster has ended at once.')
    return isReachable(database.db)
  }
  try {
    await until(isUp, { limitMs: 30_000, what: 'the test cluster' })
  } finally {
    await database.stop()
  }
}

const stopServer = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null) return
  const gone = ended(server)
  server.kill('SIGINT')
  await gone
}
