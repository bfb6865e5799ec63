import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { config, hostEnvironment } from '#/foundation/config.ts'
import { openDatabase } from '#/foundation/db.ts'
import { dumpSchema } from '#/foundation/dump-schema.ts'
import { runOrThrow } from '#/foundation/exec.ts'
import { migrate } from '#/foundation/migrate.ts'
import { startTestCluster } from '../test/support/postgres.ts'

/** `migrate` brings DATABASE_URL to the newest schema; `dump` rewrites schema.sql and the row types from the migrations. */
const root = fileURLToPath(new URL('..', import.meta.url))

const migrateDatabase = async (): Promise<void> => {
  if (!config.databaseUrl)
    throw new Error('Set DATABASE_URL. The embedded database is migrated by `sluice up`.')
  const database = openDatabase(config.databaseUrl, 2)
  const applied = await migrate(database.pool)
  await database.stop()
  console.log(applied.length === 0 ? 'Nothing to do.' : applied.join('\n'))
}

const dump = async (): Promise<void> => {
  const cluster = await startTestCluster()
  try {
    const database = openDatabase(cluster.urlOf('postgres'), 2)
    await migrate(database.pool)
    await writeFile(`${root}schema.sql`, await dumpSchema(database.pool))
    await database.stop()
    await runOrThrow(
      process.execPath,
      [`${root}node_modules/.bin/kysely-codegen`, '--url', cluster.urlOf('postgres')],
      { cwd: root, env: hostEnvironment() },
    )
  } finally {
    await cluster.stop()
  }
}

await (process.argv[2] === 'dump' ? dump() : migrateDatabase())
