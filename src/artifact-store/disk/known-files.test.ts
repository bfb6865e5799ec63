import assert from 'node:assert/strict'
import { linkSync, lstatSync, mkdtempSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { removeTree } from '#/foundation/remove-tree.ts'
import { until } from '../../../test/support/until.ts'
import { openDiskStore } from './disk-store.ts'
import { rememberFiles, type FileIdentity } from './known-files.ts'

const base = mkdtempSync(join(tmpdir(), 'sluice-known-'))
after(() => removeTree(base))

const HASH = 'a'.repeat(64)
const settledLongAgo: FileIdentity = { dev: 1, ino: 2, size: 3, ctimeMs: Date.now() - 60_000 }

/** Of a file whose last change is long enough ago for its time to tell. */
const settled = (path: string): Promise<FileIdentity> =>
  until(() => {
    const stats = lstatSync(path)
    return Date.now() - stats.ctimeMs > 200 ? stats : undefined
  })

test('a file is known again in another folder, and no more once anything about it has changed', async () => {
  const folder = mkdtempSync(join(base, 'tree-'))
  const path = join(folder, 'one')
  const files = rememberFiles()
  writeFileSync(path, 'first')
  files.add(await settled(path), HASH)
  renameSync(folder, `${folder}-moved`)
  const moved = join(`${folder}-moved`, 'one')
  assert.equal(files.find(lstatSync(moved)), HASH)
  const { mtime } = lstatSync(moved)
  writeFileSync(moved, 'other')
  utimesSync(moved, mtime, mtime)
  assert.equal(files.find(lstatSync(moved)), undefined)
  files.add(await settled(moved), HASH)
  linkSync(moved, join(`${folder}-moved`, 'two'))
  assert.equal(files.find(lstatSync(moved)), undefined)
})

test('a file that has only just changed is not remembered: another change might not show', () => {
  const files = rememberFiles()
  const justNow = { ...settledLongAgo, ctimeMs: Date.now() }
  files.add(justNow, HASH)
  assert.equal(files.find(justNow), undefined)
})

test('the files that were seen longest ago are forgotten', () => {
  const files = rememberFiles(2)
  const [one, two, three] = [1, 2, 3].map((ino) => ({ ...settledLongAgo, ino }))
  assert.ok(one && two && three)
  files.add(one, HASH)
  files.add(two, HASH)
  files.find(one)
  files.add(three, HASH)
  assert.deepEqual(
    [one, two, three].map((file) => files.find(file)),
    [HASH, undefined, HASH],
  )
})

test('a file that is packed again is what it is now, whatever its time of modification says', async () => {
  const store = openDiskStore(join(base, 'store'))
  const folder = mkdtempSync(join(base, 'tree-'))
  const path = join(folder, 'server.js')
  writeFileSync(path, 'serve(1)')
  const { mtime } = await settled(path).then(() => lstatSync(path))
  const { digest } = await store.put(folder)
  assert.equal((await store.put(folder)).digest, digest)
  await store.remove(digest)
  assert.equal((await store.put(folder)).digest, digest)
  await store.verify(digest)
  writeFileSync(path, 'serve(2)')
  utimesSync(path, mtime, mtime)
  const changed = await store.put(folder)
  assert.notEqual(changed.digest, digest)
  await store.verify(changed.digest)
})
