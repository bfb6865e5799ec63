import { openDatabase } from '#/foundation/db.ts'
import { migrate } from '#/foundation/migrate.ts'
import { startTestCluster } from './postgres.ts'

/**
 * Runs once before all test files: a cluster and in it a migrated template
 * database, which each test file clones (test/support/database.ts).
 */
let undo: () => Promise<void> = async () => {}

export const globalSetup = async (): Promise<void> => {
  const cluster = await startTestCluster()
  const admin = openDatabase(cluster.urlOf('postgres'), 1)
  await admin.pool.query('create database sluice_template')
  await admin.stop()
  const template = openDatabase(cluster.urlOf('sluice_template'), 2)
  await migrate(template.pool)
  await template.stop()
  process.env['SLUICE_TEST_DATABASE_URL'] = cluster.urlOf('DATABASE')
  undo = cluster.stop
}

export const globalTeardown = (): Promise<void> => undo()
