import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createDurably, writeDurably } from '#/foundation/durable-file.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-test-file-'))
after(() => rm(dir, { recursive: true, force: true }))

test('a file is replaced as a whole, with the mode that was asked for', async () => {
  const path = join(dir, 'replaced')
  await writeDurably(path, 'first', 0o640)
  await writeDurably(path, 'second', 0o600)
  assert.equal(await readFile(path, 'utf8'), 'second')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('of several who create a file one does, and it is never overwritten', async () => {
  const path = join(dir, 'created')
  const texts = ['a', 'b', 'c', 'd', 'e']
  const created = await Promise.all(texts.map((text) => createDurably(path, text, 0o400)))
  assert.equal(created.filter(Boolean).length, 1)
  const kept = await readFile(path, 'utf8')
  assert.equal(kept, texts[created.indexOf(true)])
  assert.equal(await createDurably(path, 'late'), false)
  assert.equal(await readFile(path, 'utf8'), kept)
})

test('nothing half-written stays behind', async () => {
  await writeDurably(join(dir, 'tidy'), 'text')
  await createDurably(join(dir, 'tidy'), 'text')
  assert.deepEqual(
    (await readdir(dir)).filter((name) => name.endsWith('.partial')),
    [],
  )
})
