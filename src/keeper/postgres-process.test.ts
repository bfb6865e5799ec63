import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { createLogger } from '#/foundation/log.ts'
import { clusterUrl, type PostgresCluster } from '#/foundation/postgres-cluster.ts'
import { until } from '../../test/support/until.ts'
import { ManagedProcess } from './managed-process.ts'
import { postgresProcess } from './postgres-process.ts'

const LIMIT_MS = 60_000

type ManagedCluster = AsyncDisposable & {
  cluster: PostgresCluster
  process: ManagedProcess
  query: (sql: string) => Promise<unknown[]>
}

const aManagedCluster = async (): Promise<ManagedCluster> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-postgres-'))
  const cluster = { dataDir: join(dir, 'data'), socketDir: join(dir, 's'), port: null }
  const process = manage(cluster, dir)
  process.start()
  await process.untilReady()
  return {
    cluster,
    process,
    query: async (sql) => {
      const client = new pg.Client({ connectionString: clusterUrl(cluster, 'postgres') })
      client.on('error', () => {}) // it is killed on purpose
      await client.connect()
      const { rows } = await client.query<Record<string, unknown>>(sql)
      await client.end()
      return rows
    },
    [Symbol.asyncDispose]: async () => {
      await process.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const manage = (cluster: PostgresCluster, dir: string): ManagedProcess =>
  new ManagedProcess(postgresProcess('postgres', cluster), {
    logPath: (name) => join(dir, `${name}.log`),
    onChange: async () => {},
    log: createLogger('test'),
  })

const pidOf = ({ process }: ManagedCluster): number => process.record?.pid ?? 0

test('a killed server comes back with all that was committed, although its sessions are still dying', async () => {
  await using managed = await aManagedCluster()
  await managed.query('create table kept (number int)')
  for (const round of [1, 2, 3]) {
    await managed.query(`insert into kept values (${round})`)
    const session = new pg.Client({ connectionString: clusterUrl(managed.cluster, 'postgres') })
    session.on('error', () => {})
    await session.connect()
    const busy = session.query('select pg_sleep(600)').catch(() => {})
    const killed = pidOf(managed)
    process.kill(killed, 'SIGKILL')
    await until(() => ![0, killed].includes(pidOf(managed)), { limitMs: LIMIT_MS })
    await until(
      () =>
        managed.query('select number from kept').then(
          (rows) => rows.length === round,
          () => false,
        ),
      { limitMs: LIMIT_MS, everyMs: 50 },
    )
    await busy
    await session.end().catch(() => {})
  }
})

test('the lock file of a server from before a restart of the machine does not stop it', async () => {
  await using managed = await aManagedCluster()
  const { cluster } = managed
  await managed.process.stop()
  // As it looks when somebody else has the server's process id by now.
  await writeFile(
    join(cluster.dataDir, 'postmaster.pid'),
    `${process.pid}\n${cluster.dataDir}\n1700000000\n5432\n${cluster.socketDir}\n\n  1234567         0\nready   \n`,
  )
  const again = manage(cluster, join(cluster.dataDir, '..'))
  again.start()
  try {
    await again.untilReady()
    assert.deepEqual(await managed.query('select 1 as one'), [{ one: 1 }])
  } finally {
    await again.stop()
  }
})

test('a server that runs is found by its lock file and not started twice', async () => {
  await using managed = await aManagedCluster()
  const spec = postgresProcess('postgres', managed.cluster)
  assert.equal(spec.find?.()?.pid, pidOf(managed))
})
