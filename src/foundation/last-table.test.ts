import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { PATIENCE, quiet } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'
import { keepLastTable, readLastTable } from './last-table.ts'

const FILE = 'table.jsonl'

const aFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'sluice-test-table-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test('what is kept is read again, and only its owner may read it', async () => {
  await using folder = await aFolder()
  const rows = Array.from({ length: 1_234 }, (_, n) => ({ id: `row-${n}` }))
  const kept = keepLastTable({
    path: join(folder.path, FILE),
    everyMs: 1,
    log: quiet,
    read: () => ({ number: 7, rows }),
  })
  kept.changed()
  await kept.stop()
  assert.deepEqual(await readLastTable(join(folder.path, FILE), quiet), { number: 7, rows })
  const [name = ''] = await readdir(folder.path)
  assert.equal((await stat(join(folder.path, name))).mode & 0o777, 0o600)
})

test('many changes in a short time are written a few times', async () => {
  await using folder = await aFolder()
  let reads = 0
  const read = () => ({ number: ++reads, rows: [] })
  const kept = keepLastTable({ path: join(folder.path, FILE), everyMs: 60_000, log: quiet, read })
  for (let n = 0; n < 100; n++) kept.changed()
  await until(() => reads === 1, PATIENCE)
  for (let n = 0; n < 100; n++) kept.changed()
  await kept.stop()
  assert.equal(reads, 2)
  assert.equal((await readLastTable(join(folder.path, FILE), quiet))?.number, 2)
})

test('a folder without a table, or with half of one, has none', async () => {
  await using folder = await aFolder()
  assert.equal(await readLastTable(join(folder.path, FILE), quiet), undefined)
  const path = join(folder.path, FILE)
  for (const text of [
    '',
    'x',
    '{"number":1,"rows":2}\n{"id":"a"}\n',
    '{"number":1,"rows":1}\n{"id":',
  ]) {
    await writeFile(path, text)
    assert.equal(await readLastTable(join(folder.path, FILE), quiet), undefined, text)
  }
})

test('what a process that was killed left half written is cleared away', async () => {
  await using folder = await aFolder()
  await writeFile(join(folder.path, `${FILE}.999999999`), 'half')
  const kept = keepLastTable({
    path: join(folder.path, FILE),
    everyMs: 1,
    log: quiet,
    read: () => ({ number: 1, rows: [] }),
  })
  kept.changed()
  await kept.stop()
  assert.deepEqual(await readdir(folder.path), [FILE])
})
