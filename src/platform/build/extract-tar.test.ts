import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { aTar, aTarball, type TarItem } from '../../../test/support/tarballs.ts'
import { ArchiveError } from './archive-path.ts'
import { extractTar, extractTarball } from './extract-tar.ts'

const root = await mkdtemp(join(tmpdir(), 'sluice-test-extract-'))
after(() => rm(root, { recursive: true, force: true }))

const extracted = async (tar: Readable, { limitBytes = 1_000_000, limitEntries = 1_000 } = {}) => {
  const folder = await mkdtemp(join(root, 'to-'))
  const warnings: string[] = []
  const warn = (message: string): void => void warnings.push(message)
  const { signal } = new AbortController()
  await extractTar(tar, folder, { limitBytes, limitEntries, warn, signal })
  return { folder, warnings }
}

test('directories, files, what is executable, and links that stay inside', async () => {
  const { folder, warnings } = await extracted(
    aTar([
      { name: './bin/', type: 'directory' },
      { name: './bin/run', mode: 0o4775, text: '#!/bin/sh\n' },
      { name: 'docs/deep/read me', mode: 0o600, text: 'words' },
      { name: 'docs/start', type: 'symlink', linkname: '../bin/run' },
      { name: 'copy', type: 'link', linkname: 'docs/deep/read me' },
    ]),
  )
  assert.deepEqual(warnings, [])
  assert.equal((await stat(join(folder, 'bin/run'))).mode & 0o7777, 0o755)
  assert.equal((await stat(join(folder, 'docs/deep/read me'))).mode & 0o7777, 0o644)
  assert.equal(await readlink(join(folder, 'docs/start')), '../bin/run')
  assert.equal(await readFile(join(folder, 'copy'), 'utf8'), 'words')
})

for (const linkname of ['/etc', '../outside', 'a/../../outside', 'sub/../etc', '', '..'])
  test(`a link to '${linkname}' is left out, and said`, async () => {
    const { folder, warnings } = await extracted(aTar([{ name: 'l', type: 'symlink', linkname }]))
    assert.equal(warnings.length, 1)
    assert.deepEqual(await readdir(folder), [])
  })

for (const name of ['../x', '/etc/x', 'a/../../x', '..'])
  test(`a file named '${name}' fails the archive`, async () => {
    await assert.rejects(extracted(aTar([{ name, text: 'x' }])), ArchiveError)
  })

test('nothing is written through a link, whatever their order', async () => {
  await writeFile(join(root, 'victim'), 'safe')
  for (const items of [
    [
      { name: 'l', type: 'symlink', linkname: 'd' },
      { name: 'd/', type: 'directory' },
      { name: 'l/x', text: 'bad' },
    ],
    [
      { name: 'l', type: 'symlink', linkname: 'd' },
      { name: 'l/x', type: 'symlink', linkname: 'y' },
    ],
  ] satisfies TarItem[][])
    await assert.rejects(extracted(aTar(items)))
  const { folder } = await extracted(
    aTar([
      { name: 'l', type: 'symlink', linkname: 'other' },
      { name: 'l', text: 'a file now' },
    ]),
  )
  assert.equal(await readFile(join(folder, 'l'), 'utf8'), 'a file now')
  assert.equal(await readFile(join(root, 'victim'), 'utf8'), 'safe')
})

test('a hard link to what is outside, or to a link, fails', async () => {
  for (const linkname of ['../victim', '/etc/passwd', 'nothing'])
    await assert.rejects(extracted(aTar([{ name: 'h', type: 'link', linkname }])), ArchiveError)
  await assert.rejects(
    extracted(
      aTar([
        { name: 's', type: 'symlink', linkname: 'x' },
        { name: 'h', type: 'link', linkname: 's' },
      ]),
    ),
    ArchiveError,
  )
})

test('devices and pipes are left out', async () => {
  const { folder, warnings } = await extracted(
    aTar([
      { name: 'pipe', type: 'fifo' },
      { name: 'disk', type: 'block-device' },
    ]),
  )
  assert.equal(warnings.length, 2)
  assert.deepEqual(await readdir(folder), [])
})

test('too many bytes or files are refused while they come', async () => {
  const big = aTar([{ name: 'big', text: 'x'.repeat(2000) }])
  await assert.rejects(extracted(big, { limitBytes: 1000 }), /larger than 1000 bytes/)
  const many = aTar(Array.from({ length: 11 }, (_, n) => ({ name: `f${n}` })))
  await assert.rejects(extracted(many, { limitEntries: 10 }), /more than 10 files/)
})

test('what is no tar, or only a part of one, is refused in words', async () => {
  await assert.rejects(extracted(Readable.from([Buffer.alloc(2048, 'x')])), ArchiveError)
  const whole = Buffer.concat(await aTar([{ name: 'f', text: 'x'.repeat(5000) }]).toArray())
  await assert.rejects(extracted(Readable.from([whole.subarray(0, 3000)])), ArchiveError)
})

test('a gzip file that breaks off or is damaged is said to be one', async () => {
  const whole = await aTarball({ a: randomBytes(50_000).toString('hex') })
  const damaged = Buffer.from(whole).fill(1, 1_000, 1_100)
  const broken = [1, 20, whole.length - 40].map((less) => whole.subarray(0, whole.length - less))
  for (const bytes of [damaged, Buffer.from('no gzip'), ...broken]) {
    const folder = await mkdtemp(join(root, 'to-'))
    const { signal } = new AbortController()
    const options = { limitBytes: 1_000_000, limitEntries: 1_000, warn: () => {}, signal }
    await assert.rejects(
      extractTarball(Readable.from([bytes]), folder, options),
      (error) => error instanceof ArchiveError && /not a whole/.test(error.message),
    )
  }
})
