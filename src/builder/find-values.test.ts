import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runOrThrow } from '#/foundation/exec.ts'
import { findValues, isTelling } from './find-values.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-values-'))
after(() => rm(dir, { recursive: true, force: true }))

const aTree = async (files: Record<string, string | Buffer>): Promise<string> => {
  const root = await mkdtemp(join(dir, 'tree-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

const HOST = 'https://assets-staging.example.com'

test('values are found in whatever file and wherever in it, and each file counts once', async () => {
  const root = await aTree({
    'dist/a.js': `const host = "${HOST}"; // ${HOST}`,
    'dist/deep/er/b.js': `xy${HOST}`,
    'c.bin': Buffer.concat([Buffer.alloc(4097), Buffer.from(HOST), Buffer.alloc(3)]),
    'none.txt': 'https://assets-production.example.com',
    'almost.txt': HOST.slice(0, -1),
  })
  const found = await findValues(root, {
    ASSET_HOST: HOST,
    ALSO: HOST,
    OTHER: 'sk-9f27b1c0d4',
    SHORT: 'x1',
  })
  assert.deepEqual(Object.keys(found).toSorted(), ['ALSO', 'ASSET_HOST'])
  assert.equal(found['ASSET_HOST']?.count, 3)
  assert.deepEqual(found['ASSET_HOST']?.files.toSorted(), [
    'c.bin',
    'dist/a.js',
    'dist/deep/er/b.js',
  ])
})

test('at every place of a file, and over the ends of what is read at once', async () => {
  const value = 'k3y-V4lue'
  const files: Record<string, Buffer> = {}
  for (let at = 0; at < 9; at += 1)
    files[`start-${at}`] = Buffer.concat([Buffer.alloc(at, 0x61), Buffer.from(value)])
  for (let at = 2 ** 20 - 300; at < 2 ** 20 + 300; at += 7)
    files[`over-${at}`] = Buffer.concat([
      Buffer.alloc(at, 0x61),
      Buffer.from(`${value}${'b'.repeat(400)}`),
    ])
  const root = await aTree(files)
  const found = await findValues(root, { KEY: value })
  assert.equal(found['KEY']?.count, Object.keys(files).length)
  assert.equal(found['KEY']?.files.length, 20)
})

test('long values, values with others in them, and any bytes', async () => {
  const long = `-----BEGIN KEY-----\n${'Ab3/'.repeat(500)}`
  const root = await aTree({ a: `..${long}`, b: 'prefix-Zx81-suffix', c: 'grüße-aus-Wien-42' })
  const found = await findValues(root, {
    LONG: long,
    OUTER: 'prefix-Zx81-suffix',
    INNER: 'fix-Zx81-suf',
    UMLAUT: 'grüße-aus-Wien-42',
  })
  assert.deepEqual(Object.keys(found).toSorted(), ['INNER', 'LONG', 'OUTER', 'UMLAUT'])
})

test('links are not followed, pipes not waited for, and names of config vars are only names', async () => {
  const outside = await aTree({ secret: 'S3cret-Value' })
  const root = await aTree({ 'real.txt': 'S3cret-Value' })
  await symlink(join(outside, 'secret'), join(root, 'link'))
  await symlink(outside, join(root, 'folder'))
  await runOrThrow('mkfifo', [join(root, 'pipe')])
  const found = await findValues(root, { constructor: 'S3cret-Value' })
  assert.deepEqual({ ...found }, { constructor: { files: ['real.txt'], count: 1 } })
})

test('ordinary words, numbers and places are no sign of a config var', () => {
  for (const value of [
    ...['production', 'development', 'heroku-24', 'en_US.UTF-8', 'Europe/Vienna', '20260101'],
    ...['127.0.0.1:5432', 'http://localhost:3000', '/usr/local/bin', 'localhost', 'true', ''],
    ...['aaaaaaaaaa', 'static/images', 'application/json'],
  ])
    assert.equal(isTelling(value), false, value)
  for (const value of [
    ...[HOST, 'sk_live_51H8xY2', 'postgres://u:p@h/db', 'a1b2c3d4', 'hunter2-hunter2'],
    ...['x'.repeat(20) + 'y'.repeat(30), 'shop-staging.example.com:8080'],
  ])
    assert.equal(isTelling(value), true, value)
})

test('a search can be ended', async () => {
  const root = await aTree({ big: Buffer.alloc(64 * 2 ** 20) })
  const reason = new Error('enough')
  await assert.rejects(findValues(root, { KEY: 'k3y-V4lue' }, AbortSignal.abort(reason)), reason)
})
