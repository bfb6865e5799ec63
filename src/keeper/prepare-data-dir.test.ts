import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { DEFAULT_SETTINGS, readSettings } from '#/foundation/settings.ts'
import { areCertificatesGood } from './check-certificates.ts'
import { prepareDataDir } from './prepare-data-dir.ts'

const aDataDir = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-test-data-dir-'))
  return {
    paths: dataDirPaths(dataDir),
    dataDir,
    prepare: (databaseUrl = '', database: 'embedded' | 'external' = 'embedded') =>
      prepareDataDir({
        dataDir,
        databaseUrl,
        settings: { ...DEFAULT_SETTINGS, apiPort: 6001, database },
      }),
    /** As after a start that came as far as the database. */
    makeDatabase: async () => {
      await mkdir(dataDirPaths(dataDir).postgres, { recursive: true })
      await writeFile(join(dataDirPaths(dataDir).postgres, 'PG_VERSION'), '15\n')
    },
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  }
}

test('the first start makes all secrets, and the next one keeps them', async () => {
  await using fresh = await aDataDir()
  const { paths, dataDir, prepare } = fresh
  await prepare()
  const key = await readFile(paths.masterKey, 'utf8')
  assert.match(key, /^[0-9a-f]{64}\n$/)
  assert.equal((await stat(paths.masterKey)).mode & 0o777, 0o400)
  assert.equal((await stat(paths.run)).mode & 0o777, 0o700)
  assert.ok(areCertificatesGood(paths.certificates, 'localhost'))
  assert.equal((await readSettings(dataDir))?.apiPort, 6001)
  const certificate = await readFile(join(paths.certificates, 'server.pem'), 'utf8')
  await fresh.makeDatabase()
  await prepare()
  assert.equal(await readFile(paths.masterKey, 'utf8'), key)
  assert.equal(await readFile(join(paths.certificates, 'server.pem'), 'utf8'), certificate)
})

test('a missing master key is never replaced while its database is there', async () => {
  await using fresh = await aDataDir()
  await fresh.prepare()
  await fresh.makeDatabase()
  await rename(fresh.paths.masterKey, `${fresh.paths.masterKey}.away`)
  await assert.rejects(fresh.prepare(), /master key .* is missing. Put it back from your backup/)
  await assert.rejects(stat(fresh.paths.masterKey), { code: 'ENOENT' })
})

test('a master key that others can read is refused', async () => {
  await using fresh = await aDataDir()
  await fresh.prepare()
  await chmod(fresh.paths.masterKey, 0o440)
  await assert.rejects(fresh.prepare(), /can be read by others. Run: chmod 0400/)
})

test('a DATABASE_URL that comes by accident does not lead to an empty database', async () => {
  await using fresh = await aDataDir()
  await fresh.prepare()
  await assert.rejects(
    fresh.prepare('postgres://elsewhere/db', 'external'),
    /keeps its own database, but DATABASE_URL is set/,
  )
})
