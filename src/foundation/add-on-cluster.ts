import { setTimeout as pause } from 'node:timers/promises'
import { askKeeper } from '#/foundation/ask-keeper.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { clusterUrl, type PostgresCluster } from '#/foundation/postgres-cluster.ts'

/** The cluster that apps' databases live in. Apps reach it by TCP on this machine; we do by its unix socket. */
export type AddOnCluster = {
  /** As the superuser, database `postgres`. */
  adminUrl: string
  host: string
  port: number
}

const LIMIT_MS = 60_000
const RETRY_MS = 250

/**
 * Makes sure that the cluster of the add-ons runs, and says where. The first call makes it, which takes a second;
 * from then on it comes up with the platform. Waits for a keeper that is just being replaced.
 */
export const requestAddOnCluster = async (dataDir: string): Promise<AddOnCluster> => {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    try {
      const { port } = await askKeeper(dataDir, { request: 'add-on-postgres' })
      return addOnClusterAt(dataDir, Number(port))
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error('The database cluster for add-ons does not start.', { cause: error })
      await pause(RETRY_MS)
    }
  }
}

export const addOnCluster = (dataDir: string, port: number): PostgresCluster => {
  const paths = dataDirPaths(dataDir)
  return { dataDir: paths.addOnPostgres, socketDir: paths.addOnPostgresSocketDir, port }
}

const addOnClusterAt = (dataDir: string, port: number): AddOnCluster => ({
  adminUrl: clusterUrl(addOnCluster(dataDir, port), 'postgres'),
  host: 'localhost', // by this name, and no other, heroku pg:psql does without TLS
  port,
})
