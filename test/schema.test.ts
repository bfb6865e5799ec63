import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { hostEnvironment } from '#/foundation/config.ts'
import { dumpSchema } from '#/foundation/dump-schema.ts'
import { run } from '#/foundation/exec.ts'
import { aTestDatabase } from './support/database.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { pool, url } = await aTestDatabase()

test('schema.sql is what the migrations make (else: npm run db:dump)', async () => {
  assert.equal(await readFile(`${root}schema.sql`, 'utf8'), await dumpSchema(pool))
})

test('the row types are what the migrations make (else: npm run db:dump)', async () => {
  const { code, stdout, stderr } = await run(
    process.execPath,
    [`${root}node_modules/.bin/kysely-codegen`, '--url', url, '--verify'],
    { cwd: root, env: hostEnvironment() },
  )
  assert.equal(code, 0, stdout + stderr)
})
