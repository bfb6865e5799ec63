import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hostEnvironment, platformEnvironment } from '#/foundation/config.ts'
import { runOrThrow } from '#/foundation/exec.ts'
import { sha256 } from '#/foundation/ids.ts'
import { compareVersions } from './node-version.ts'
import { installByUv } from './python-by-uv.ts'
import { findInterpreters } from './python-interpreters.ts'

/*
 * uv itself, as pip brings it, with a list of Pythons that names one archive on this disk: a copy of an interpreter of
 * this host, in the shape in which uv fetches them.
 */
const base = mkdtempSync(join(tmpdir(), 'sluice-uv-'))
after(() => rmSync(base, { recursive: true, force: true }))

const PREPARE = fileURLToPath(new URL('../buildpacks/python/lib/prepare.py', import.meta.url))
const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

const newest = (await findInterpreters())
  .toSorted((one, other) => compareVersions(one.version, other.version))
  .at(-1)
assert.ok(newest, 'a Python 3 of this host')
const { path: python, version } = newest
const [major, minor, patch] = version.split('.').map(Number)

const run = (file: string, ...args: string[]): Promise<string> =>
  runOrThrow(file, args, { env: platformEnvironment(), cwd: base, timeoutMs: 120_000 })

/** Where uv then is the first on the PATH. */
const fetchUv = async (): Promise<string> => {
  await run(python, '-I', PREPARE, join(base, 'copy')) // its pip works without a virtual environment
  const target = join(base, 'uv')
  const copy = join(base, 'copy', 'base', 'bin', `python${major}.${minor}`)
  const pip = ['-m', 'pip', 'install', '--quiet', '--target', target, 'uv']
  await runOrThrow(copy, pip, {
    env: { ...platformEnvironment(), PYTHONPATH: join(base, 'copy', 'site') },
    cwd: base,
    timeoutMs: 120_000,
  })
  return join(target, 'bin')
}

const archive = join(base, 'python.tar.gz')

const pack = async (): Promise<void> => {
  mkdirSync(join(base, 'archive'))
  await run('cp', '-a', join(base, 'copy', 'base'), join(base, 'archive', 'python'))
  await run(
    'ln',
    '-s',
    `python${major}.${minor}`,
    join(base, 'archive', 'python', 'bin', 'python3'),
  )
  await run('tar', '-czf', archive, '-C', join(base, 'archive'), 'python')
}

const list = (checksum: string): void => {
  const family = ARCHITECTURES[process.arch]
  const name = `cpython-${version}-linux-${family}-gnu`
  const entry = {
    ...{ name: 'cpython', os: 'linux', libc: 'gnu', prerelease: '', variant: null, build: '1' },
    ...{ arch: { family, variant: null }, major, minor, patch },
    ...{ url: pathToFileURL(archive).href, sha256: checksum },
  }
  writeFileSync(join(base, 'list.json'), JSON.stringify({ [name]: entry }))
}

process.env['PATH'] = `${await fetchUv()}:${hostEnvironment()['PATH']}`
process.env['UV_PYTHON_DOWNLOADS_JSON_URL'] = pathToFileURL(join(base, 'list.json')).href
await pack()
const checksum = sha256(readFileSync(archive)).toString('hex')

test('a version that uv knows is fetched, and runs; another time it is there already', async () => {
  list(checksum)
  const folder = join(base, 'fetched')
  const { interpreter, problem } = await installByUv(folder, version)
  assert.equal(problem, undefined)
  assert.equal(interpreter?.version, version)
  assert.ok(interpreter.path.startsWith(folder), interpreter.path)
  assert.match(await run(interpreter.path, '-c', 'import ssl, sys; print(sys.prefix)'), /fetched/)
  await run(interpreter.path, '-I', PREPARE, join(base, 'copy of the fetched'))
  list('0'.repeat(64)) // nothing can be fetched any more
  assert.deepEqual(await installByUv(folder, version), { interpreter })
})

test('of another patch version the same minor one is taken', async () => {
  list(checksum)
  const { interpreter } = await installByUv(join(base, 'minor'), `${major}.${minor}.999`)
  assert.equal(interpreter?.version, version)
})

test('what is not what the list says is refused in the words of uv', async () => {
  list('0'.repeat(64))
  const { interpreter, problem } = await installByUv(join(base, 'spoilt'), version)
  assert.equal(interpreter, undefined)
  assert.match(problem ?? '', /^error: .*(hash|checksum) .*000000/i)
})

test('so is a version that nobody has', async () => {
  list(checksum)
  const { interpreter, problem } = await installByUv(join(base, 'unknown'), '3.99.1')
  assert.equal(interpreter, undefined)
  assert.match(problem ?? '', /3\.99/)
})
