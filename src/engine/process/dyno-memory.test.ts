import assert from 'node:assert/strict'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { aWantedDyno } from '#/engine/engine-conformance.ts'
import { keepDyno, keepDynoDurably, newMemory, readDyno } from './dyno-memory.ts'
import { makeRunDir } from './run-dir.ts'
import { salvageMemory } from './salvage.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-memory-test-'))
})
after(() => rm(dir, { recursive: true, force: true }))

test('what is kept of a dyno is read again, and nothing is made up', async () => {
  const kept = { wanted: aWantedDyno({}), memory: { ...newMemory(), port: 20_001, runs: 3 } }
  const folder = join(dir, kept.wanted.id)
  assert.equal(await readDyno(folder), 'none')
  await keepDyno(folder, kept)
  assert.deepEqual(await readDyno(folder), kept)
  await keepDynoDurably(folder, kept)
  assert.deepEqual(await readDyno(folder), kept)
  for (const text of ['', '{', 'null', '[]', '{"wanted":{},"memory":{}}', '{"wanted":null}']) {
    await writeFile(join(folder, 'state.json'), text)
    assert.equal(await readDyno(folder), 'spoilt', text)
  }
})

test('a dyno whose file is spoilt is known to have been started', async () => {
  const wanted = aWantedDyno({ kind: 'once' })
  const folder = join(dir, wanted.id)
  assert.deepEqual(await salvageMemory(dir, wanted), {})
  await keepDyno(folder, { wanted, memory: newMemory() })
  await truncate(join(folder, 'state.json'), 5)
  assert.equal((await salvageMemory(dir, wanted)).runs, 1)
})

test('what its last run was is read from the folder of that', async () => {
  const { id } = aWantedDyno({})
  await makeRunDir(join(dir, id, 'run-1'), 20_001)
  await makeRunDir(join(dir, id, 'run-12'), 20_012)
  assert.deepEqual(await salvageMemory(dir, { id }), { runs: 12, isRunning: true, port: 20_012 })
})

test('a run from before the machine was started is none any more', async () => {
  const { id } = aWantedDyno({})
  const run = join(dir, id, 'run-2')
  await makeRunDir(run, 20_001)
  await writeFile(join(run, 'made'), JSON.stringify({ port: 20_001, bootId: 'of another start' }))
  assert.deepEqual(await salvageMemory(dir, { id }), { runs: 2, isRunning: false, port: undefined })
})
