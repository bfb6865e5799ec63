import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { trustFile } from './trust-file.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-test-trust-'))
  await writeFile(join(dir, 'ca.pem'), 'ours')
})
after(() => rm(dir, { recursive: true, force: true }))

test('a client goes on trusting whom it trusts, besides us, however often it is told', async () => {
  const company = join(dir, 'company.pem')
  await writeFile(company, 'the company')
  const path = await trustFile(dir, 'git', [undefined, '/nonexistent.pem', company])
  assert.equal(await readFile(path, 'utf8'), 'ours\nthe company')
  assert.equal(await trustFile(dir, 'git', [path, '/nonexistent.pem']), path)
  assert.equal(await readFile(path, 'utf8'), 'ours\nthe company')
})

test('without others it is our own file', async () => {
  const own = join(dir, 'ca.pem')
  assert.equal(await trustFile(dir, 'node', [undefined, '']), own)
  assert.equal(await trustFile(dir, 'node', [own]), own)
})
