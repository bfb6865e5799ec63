import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ArtifactTooLargeError, type ArtifactStore } from '#/artifact-store/artifact-store.ts'
import { run, runOrThrow } from '#/foundation/exec.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { openDiskStore } from './disk-store.ts'

const base = mkdtempSync(join(tmpdir(), 'sluice-store-'))
after(() => removeTree(base))

const aFolder = (files: Record<string, string> = {}): string => {
  const dir = mkdtempSync(join(base, 'tree-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}
const aStore = () => {
  const dir = mkdtempSync(join(base, 'store-'))
  return { dir, store: openDiskStore(dir) }
}
/** The one folder of an artifact that is too small for several. */
const unpack = async (store: ArtifactStore, digest: string): Promise<string> => {
  const { folder, layers } = await store.materialize(digest)
  assert.equal(layers.length, 1)
  return join(folder, layers[0] ?? '')
}
const APP = { Procfile: 'web: node server.js', 'server.js': 'serve()', 'lib/page.js': 'page()' }

test('an artifact comes back as it was put: contents, executables, links, empty folders', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  mkdirSync(join(source, 'tmp/empty'), { recursive: true })
  writeFileSync(join(source, 'run'), '#!/bin/sh\n', { mode: 0o700 })
  symlinkSync('lib/page.js', join(source, 'page'))
  const { digest, sizeBytes } = await store.put(source)
  assert.match(digest, /^sha256:[0-9a-f]{64}$/)
  assert.equal(sizeBytes, 19 + 7 + 6 + 10)
  const tree = await unpack(store, digest)
  assert.equal(readFileSync(join(tree, 'page'), 'utf8'), 'page()')
  assert.equal(readlinkSync(join(tree, 'page')), 'lib/page.js')
  assert.equal(statSync(join(tree, 'run')).mode & 0o777, 0o755)
  assert.equal(statSync(join(tree, 'server.js')).mode & 0o777, 0o644)
  assert.deepEqual(readdirSync(join(tree, 'tmp/empty')), [])
  assert.ok(await store.has(digest))
})

test('owners, times and other mode bits make no other digest; contents, names and the executable bit do', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  const { digest } = await store.put(source)
  const copy = aFolder(APP)
  utimesSync(join(copy, 'server.js'), 1, 1)
  chmodSync(join(copy, 'server.js'), 0o4622)
  chmodSync(join(copy, 'lib'), 0o711)
  assert.equal((await store.put(copy)).digest, digest)
  chmodSync(join(copy, 'server.js'), 0o755)
  const executable = (await store.put(copy)).digest
  assert.notEqual(executable, digest)
  renameSync(join(copy, 'server.js'), join(copy, 'Server.js'))
  assert.notEqual((await store.put(copy)).digest, executable)
})

test('an ordinary user packs the same digest as root', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root to become another user')
  const source = aFolder(APP)
  const { digest } = await openDiskStore(join(base, 'of-root')).put(source)
  const own = join(base, 'of-nobody')
  await runOrThrow('cp', ['-r', source, own])
  await runOrThrow('chown', ['-R', '65534:65534', own])
  chmodSync(base, 0o755)
  mkdirSync(join(base, 'store-of-nobody'))
  await runOrThrow('chown', ['65534:65534', join(base, 'store-of-nobody')])
  const packed = await putInProcess(join(base, 'store-of-nobody'), own, { uid: 65534, gid: 65534 })
  assert.equal(packed.stdout, digest, packed.stderr)
})

const FIXTURE = join(import.meta.dirname, '../../../test/support/fixtures/put-artifact.ts')
const putInProcess = (
  store: string,
  directory: string,
  options: { uid?: number; gid?: number; failpoint?: string } = {},
) => {
  const { failpoint = '', ...user } = options
  return run(process.execPath, [FIXTURE, store, directory], {
    ...user,
    cwd: join(import.meta.dirname, '../../..'),
    env: { SLUICE_FAILPOINT: failpoint, PATH: '/usr/bin:/bin' },
  })
}

test('names may be any bytes', async () => {
  const { store } = aStore()
  const source = aFolder()
  const odd = Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0xff, 0x0a, 0x20, 0x5c])])
  writeFileSync(odd, 'odd')
  writeFileSync(join(source, 'ünï\ncode'), 'text')
  const { digest } = await store.put(source)
  const tree = await unpack(store, digest)
  assert.deepEqual(
    readdirSync(tree, { encoding: 'latin1' }).toSorted(),
    readdirSync(source, { encoding: 'latin1' }).toSorted(),
  )
  await store.verify(digest)
})

test('links are kept and never followed, devices and pipes are left out', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  symlinkSync('/etc', join(source, 'etc'))
  symlinkSync('../../../../etc/passwd', join(source, 'passwd'))
  symlinkSync('.', join(source, 'loop'))
  await runOrThrow('mkfifo', [join(source, 'pipe')])
  const warnings: string[] = []
  const { digest, sizeBytes } = await store.put(source, { warn: (text) => warnings.push(text) })
  assert.equal(sizeBytes, 32)
  assert.deepEqual(warnings, ["'pipe' is left out: it is no file, directory or link."])
  const tree = await unpack(store, digest)
  assert.equal(readlinkSync(join(tree, 'etc')), '/etc')
  assert.ok(!existsSync(join(tree, 'pipe')))
})

test('nothing that the build still holds reaches the store', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  const { digest } = await store.put(source)
  writeFileSync(join(source, 'server.js'), 'changed()')
  const tree = await unpack(store, digest)
  assert.equal(readFileSync(join(tree, 'server.js'), 'utf8'), 'serve()')
})

test('too many bytes or entries are refused before they are read', async () => {
  const { store, dir } = aStore()
  const source = aFolder(APP)
  truncateSync(join(source, 'server.js'), 2 ** 40) // a terabyte that takes no space
  await assert.rejects(store.put(source, { limitBytes: 5_000_000 }), {
    name: 'ArtifactTooLargeError',
    message: 'The files hold more than 5.0 MB.',
  })
  await assert.rejects(store.put(source, { limitEntries: 2 }), ArtifactTooLargeError)
  assert.deepEqual(readdirSync(join(dir, 'partial')), [])
})

test('a tree deeper than the longest path is refused', async () => {
  const { store } = aStore()
  const source = aFolder()
  const dig = `for (let n = 0; n < 200; n++) { fs.mkdirSync('${'a'.repeat(60)}'); process.chdir('${'a'.repeat(60)}') }`
  await runOrThrow(process.execPath, ['-e', dig], { cwd: source })
  await assert.rejects(store.put(source), ArtifactTooLargeError)
})

test('a changed line adds little, and equal contents are kept once', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  writeFileSync(join(source, 'large'), randomBytes(3_000_000))
  const first = await store.put(source)
  assert.equal(first.addedBytes, 3_000_032)
  writeFileSync(join(source, 'server.js'), 'serve(2)')
  const second = await store.put(source)
  assert.equal(second.addedBytes, 8)
  const [one, other] = await Promise.all([first, second].map(({ digest }) => unpack(store, digest)))
  assert.equal(lstatSync(join(one ?? '', 'large')).ino, lstatSync(join(other ?? '', 'large')).ino)
  assert.equal((await store.put(source)).addedBytes, 0)
})

test('large folders that did not change are unpacked once for all artifacts', async () => {
  const { store, dir } = aStore()
  const source = aFolder(APP)
  for (let n = 0; n < 300; n++) {
    mkdirSync(join(source, `node_modules/p${n}`), { recursive: true })
    writeFileSync(join(source, `node_modules/p${n}/index.js`), `${n}`)
  }
  const first = await store.put(source)
  writeFileSync(join(source, 'server.js'), 'serve(2)')
  const second = await store.put(source)
  const [one, other] = [
    await store.materialize(first.digest),
    await store.materialize(second.digest),
  ]
  assert.equal(one.layers.length, 2)
  assert.equal(one.layers.filter((layer) => other.layers.includes(layer)).length, 1)
  await store.remove(first.digest)
  await store.verify(second.digest)
  assert.equal(readdirSync(join(dir, 'layers')).length, 2)
  const shared = other.layers.find((layer) => one.layers.includes(layer)) ?? ''
  await removeTree(join(other.folder, shared))
  await store.materialize(second.digest)
  assert.equal(readFileSync(join(other.folder, shared, 'node_modules/p7/index.js'), 'utf8'), '7')
})

test('of a new artifact only the layers that were not seen before are looked at, if that is asked for', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  for (let n = 0; n < 300; n++) {
    mkdirSync(join(source, `node_modules/p${n}`), { recursive: true })
    writeFileSync(join(source, `node_modules/p${n}/index.js`), `${n}`)
  }
  const first = await store.put(source)
  const { folder, layers } = await store.materialize(first.digest)
  writeFileSync(join(source, 'server.js'), 'serve(2)')
  const { digest } = await store.put(source)
  const shared = layers.find((layer) => existsSync(join(folder, layer, 'node_modules'))) ?? ''
  const path = join(folder, shared, 'node_modules/p7/index.js')
  truncateSync(path, 0)
  await store.materialize(digest, { trustSeenLayers: true })
  assert.equal(readFileSync(path, 'utf8'), '')
  await assert.rejects(store.materialize(digest), { name: 'DamagedArtifactError' })
  await removeTree(join(folder, shared))
  await store.put(source)
  await store.materialize(digest, { trustSeenLayers: true })
  assert.equal(readFileSync(path, 'utf8'), '7')
})

test('the same artifact may be put by several at once', async () => {
  const { store, dir } = aStore()
  const source = aFolder(APP)
  writeFileSync(join(source, 'large'), randomBytes(2_000_000))
  const puts = await Promise.all([1, 2, 3, 4].map(() => store.put(source)))
  assert.equal(new Set(puts.map(({ digest }) => digest)).size, 1)
  await store.verify(puts[0]?.digest ?? '')
  assert.deepEqual(readdirSync(join(dir, 'partial')), [])
})

const DAMAGES: Record<string, (tree: string) => void> = {
  'a flipped bit': (tree) => {
    const bytes = readFileSync(join(tree, 'server.js'))
    bytes[0] = (bytes[0] ?? 0) ^ 1
    writeFileSync(join(tree, 'server.js'), bytes)
  },
  'a truncated file': (tree) => truncateSync(join(tree, 'server.js'), 3),
  'an empty file': (tree) => truncateSync(join(tree, 'server.js'), 0),
}

for (const [damage, make] of Object.entries(DAMAGES))
  test(`${damage} is refused by name, and healed by building again`, async () => {
    const { store } = aStore()
    const source = aFolder(APP)
    const { digest } = await store.put(source)
    make(await unpack(store, digest))
    const refusal = { name: 'DamagedArtifactError', path: 'server.js', digest }
    await assert.rejects(store.materialize(digest), refusal)
    await assert.rejects(store.verify(digest), refusal)
    assert.equal((await store.put(source)).digest, digest)
    await store.verify(digest)
    const tree = await unpack(store, digest)
    assert.equal(readFileSync(join(tree, 'server.js'), 'utf8'), 'serve()')
  })

test('swapped or lost files of the tree are put right from the contents', async () => {
  const { store } = aStore()
  const source = aFolder({ one: 'first', two: 'other' })
  const { digest } = await store.put(source)
  const tree = await unpack(store, digest)
  renameSync(join(tree, 'one'), join(tree, 'aside'))
  renameSync(join(tree, 'two'), join(tree, 'one'))
  renameSync(join(tree, 'aside'), join(tree, 'two'))
  assert.equal(readFileSync(join(await unpack(store, digest), 'one'), 'utf8'), 'first')
  await removeTree(await unpack(store, digest))
  assert.equal(readFileSync(join(await unpack(store, digest), 'two'), 'utf8'), 'other')
})

test('damage behind an unchanged time is found by verifying, and never trusted after', async () => {
  const { store } = aStore()
  const source = aFolder(APP)
  const { digest } = await store.put(source)
  const path = join(await unpack(store, digest), 'server.js')
  const { mtimeMs } = statSync(path)
  writeFileSync(path, 'serve[]')
  utimesSync(path, mtimeMs / 1000, mtimeMs / 1000)
  await assert.rejects(store.verify(digest), { name: 'DamagedArtifactError', path: 'server.js' })
  await assert.rejects(store.materialize(digest), { path: 'server.js' })
  await store.put(source)
  await store.verify(digest)
})

test('a damaged list of files is refused', async () => {
  const { store, dir } = aStore()
  const { digest } = await store.put(aFolder(APP))
  writeFileSync(join(dir, 'manifests', digest.slice(7)), 'nonsense')
  await assert.rejects(store.materialize(digest), { name: 'DamagedArtifactError' })
})

test('an unknown artifact is missing, also by a hostile name', async () => {
  const { store } = aStore()
  for (const digest of [`sha256:${'0'.repeat(64)}`, '../../etc', 'sha256:../../../etc/passwd']) {
    assert.equal(await store.has(digest), false)
    await assert.rejects(store.materialize(digest), { name: 'ArtifactMissingError' })
    await store.remove(digest)
  }
})

test('removing an artifact gives back what no other uses', async () => {
  const { store, dir } = aStore()
  const source = aFolder({ shared: 'shared', own: 'of the first' })
  const first = await store.put(source)
  writeFileSync(join(source, 'own'), 'of the second')
  const second = await store.put(source)
  await store.remove(first.digest)
  assert.equal(await store.has(first.digest), false)
  await store.verify(second.digest)
  assert.equal(await store.sweep(), 0)
  await store.remove(second.digest)
  const left = readdirSync(dir, { recursive: true, withFileTypes: true })
  assert.deepEqual(
    left.filter((entry) => entry.isFile()),
    [],
  )
})

for (const failpoint of [
  'artifact-made',
  'artifact-flushed',
  'artifact-contents-placed',
  'artifact-layers-placed',
])
  test(`a put killed at ${failpoint} leaves nothing that is half there`, async () => {
    const { store, dir } = aStore()
    const source = aFolder(APP)
    const killed = await putInProcess(dir, source, { failpoint })
    assert.equal(killed.stdout, '', killed.stderr)
    assert.deepEqual(readdirSync(join(dir, 'manifests')), [])
    await store.sweep()
    assert.deepEqual(readdirSync(join(dir, 'partial')), [])
    const { digest } = await store.put(source)
    await store.verify(digest)
  })

test('a full disk is a clear error, leaves nothing behind, and spares what is there', async (t) => {
  const dir = mkdtempSync(join(base, 'full-'))
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir])
  if (mounted.code !== 0) return t.skip(`cannot mount a small file system: ${mounted.stderr}`)
  t.after(() => run('umount', [dir]))
  const store = openDiskStore(dir)
  const { digest } = await store.put(aFolder(APP))
  const large = aFolder()
  writeFileSync(join(large, 'large'), randomBytes(3_000_000))
  await assert.rejects(store.put(large), { name: 'StoreFullError', message: /no space left/ })
  assert.deepEqual(readdirSync(join(dir, 'partial')), [])
  await store.verify(digest)
})

test('a disk without inodes says so', async (t) => {
  const dir = mkdtempSync(join(base, 'inodes-'))
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=20', 'tmpfs', dir])
  if (mounted.code !== 0) return t.skip(`cannot mount a small file system: ${mounted.stderr}`)
  t.after(() => run('umount', [dir]))
  const files = Object.fromEntries([...Array(40).keys()].map((n) => [`file-${n}`, `${n}`]))
  await assert.rejects(openDiskStore(dir).put(aFolder(files)), {
    name: 'StoreFullError',
    message: /no inodes left/,
  })
})

test('the tar of an artifact is the same bytes each time and unpacks below ./app', async () => {
  const { store, dir } = aStore()
  const source = aFolder({ ...APP, twin: 'page()' })
  symlinkSync('./server.js', join(source, 'main'))
  const { digest } = await store.put(source)
  const read = async () => Buffer.concat(await store.openTar(digest).toArray())
  const tar = await read()
  assert.ok(tar.equals(await read()))
  const target = join(dir, 'unpacked')
  mkdirSync(target)
  writeFileSync(join(dir, 'slug.tgz'), tar)
  await runOrThrow('tar', ['-xzf', join(dir, 'slug.tgz'), '-C', target])
  assert.equal(readlinkSync(join(target, 'app/main')), './server.js')
  assert.equal(readFileSync(join(target, 'app/twin'), 'utf8'), 'page()')
  await assert.rejects(store.openTar(`sha256:${'0'.repeat(64)}`).toArray(), {
    name: 'ArtifactMissingError',
  })
})
