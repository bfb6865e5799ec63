import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { openDatabase, type Database } from '#/foundation/db.ts'

/** A database of this test file's own, cloned from the migrated template and dropped after the file's last test. */
export const aTestDatabase = async (): Promise<Database> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  const admin = openDatabase(urlOf('postgres'), 1)
  await admin.pool.query('select pg_advisory_lock(1)') // a template cannot be cloned twice at once
  await admin.pool.query(`create database ${name} template sluice_template`)
  await admin.pool.query('select pg_advisory_unlock(1)')
  const database = openDatabase(urlOf(name), 5)
  after(async () => {
    await database.stop()
    await admin.pool.query(`drop database ${name} with (force)`)
    await admin.stop()
  })
  return database
}

const urlOf = (database: string): string => {
  const url = process.env['SLUICE_TEST_DATABASE_URL']
  if (!url) throw new Error('Run the tests with --test-global-setup=test/support/global-setup.ts.')
  return url.replace('DATABASE', database)
}
