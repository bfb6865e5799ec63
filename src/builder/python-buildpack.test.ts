import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runOrThrow } from '#/foundation/exec.ts'
import { aBuilder } from '../../test/support/builds.ts'
import { compareVersions } from './runtime/node-version.ts'
import { findInterpreters } from './runtime/python-interpreters.ts'

const { base, build, buildWell, inDyno } = aBuilder()
const found = (await findInterpreters()).map(({ version }) => version).toSorted(compareVersions)
const minors = [...new Set(found.map((version) => version.replace(/\.\d+$/, '')))].filter(
  (minor) => compareVersions(`${minor}.0`, '3.9.0') >= 0,
)
const minor = minors.includes('3.11') ? '3.11' : (minors[0] ?? '3.11')
const ASK = 'python -c "import sys, ssl; print(sys.version.split()[0], sys.prefix, sys.executable)"'

test('an app with an empty requirements.txt gets the Python that runtime.txt asks for', async () => {
  const app = {
    'requirements.txt': '',
    'runtime.txt': `python-${minor}\n`,
    Procfile: 'web: python x.py',
  }
  const { slug, output } = await buildWell(app)
  assert.match(output, /-----> Python app detected\n-----> Installing python-3\.\d+\.\d+\n/)
  const printed = await inDyno(slug.digest, ASK)
  assert.match(
    printed,
    new RegExp(
      `^${minor.replace('.', '\\.')}\\.\\d+ /app/\\.heroku/python /app/\\.heroku/python/bin/python\n$`,
    ),
  )
  const again = await buildWell(app)
  assert.match(again.output, /No change in requirements detected, installing from cache\n/)
  assert.equal(again.slug.digest, slug.digest)
})

test('another runtime.txt changes the interpreter with the next build', async (t) => {
  const other = minors.find((one) => one !== minor)
  if (other === undefined) return t.skip(`this machine has only Python ${minor}`)
  const cacheDir = join(base, 'changing')
  await buildWell({ 'requirements.txt': '', '.python-version': minor }, { cacheDir })
  const { slug, output } = await buildWell(
    { 'requirements.txt': '', 'runtime.txt': `python-${other}` },
    { cacheDir },
  )
  assert.match(
    output,
    new RegExp(`Python has changed from ${minor}\\.\\d+ to ${other}\\.\\d+, clearing cache`),
  )
  assert.match(await inDyno(slug.digest, ASK), new RegExp(`^${other}\\.`))
})

test('another patch version than asked for is used and said', async () => {
  const { output } = await buildWell({
    'requirements.txt': '',
    'runtime.txt': `python-${minor}.99`,
  })
  assert.match(
    output,
    new RegExp(
      ` !     python-${minor}.99 was asked for. This machine has python-${minor}\\.\\d+, which is used instead\\.\n`,
    ),
  )
})

test('a version that is nowhere is an error that says what there is and how to get it', async () => {
  const { outcome } = await build({ 'requirements.txt': '', 'runtime.txt': 'python-3.2.1' })
  assert.equal(outcome.status, 'failed')
  const reason = outcome.status === 'failed' ? outcome.reason : ''
  assert.match(
    reason,
    /^python-3\.2\.1 was asked for, but this machine has .*3\.\d+\.\d+.*apt-get install python3\.2/,
  )
})

for (const text of ['3.11', 'python-3', 'python-3.11; rm -rf /', 'python-2.x', ''])
  test(`the runtime.txt ${JSON.stringify(text)} is refused in words`, async () => {
    const { outcome, output } = await build({ 'requirements.txt': '', 'runtime.txt': text })
    assert.equal(outcome.status, 'failed')
    assert.match(output, /runtime\.txt must say a version such as python-3\.12/)
  })

test('a project without requirements.txt is told to have one', async () => {
  const { outcome, output } = await build({ 'pyproject.toml': '[project]\nname = "x"\n' })
  assert.deepEqual(outcome, { status: 'failed', reason: 'failed to compile Python app.' })
  assert.match(output, /There is no requirements\.txt\./)
})

test('packages are installed with pip and run in a dyno', async () => {
  const app = { 'requirements.txt': 'gunicorn==23.0.0\n', 'runtime.txt': `python-${minor}` }
  const { slug, output } = await buildWell(app)
  assert.match(output, /-----> Installing requirements with pip\n/)
  assert.match(output, /Successfully installed gunicorn-23\.0\.0/)
  assert.match(await inDyno(slug.digest, 'gunicorn --version'), /^gunicorn \(version 23\.0\.0\)\n$/)
})

test('a requirement that does not exist rejects the build with what pip said', async () => {
  const app = {
    'requirements.txt': './missing-1.0-py3-none-any.whl\n',
    'runtime.txt': `python-${minor}`,
  }
  const { outcome, output } = await build(app)
  assert.deepEqual(outcome, { status: 'failed', reason: 'failed to compile Python app.' })
  assert.match(
    output,
    /missing-1\.0.*\n[^]* !     pip could not install what requirements\.txt lists\.\n/,
  )
})

const MANAGE = `import os, sys
print("managing", *sys.argv[1:], os.environ.get("SECRET_KEY"))
sys.exit(int(os.environ.get("STATUS", "0")))
`

test('static files of a Django app are collected, unless that is turned off', async () => {
  const prepare = (source: string): Promise<void> => aWheel(source, 'django')
  const app = {
    'requirements.txt': './django-1.0-py3-none-any.whl\n',
    'runtime.txt': `python-${minor}`,
    'site/manage.py': MANAGE,
  }
  const collected = await buildWell(app, { prepare, configVars: { SECRET_KEY: 'key' } })
  assert.match(
    collected.output,
    /-----> \$ python site\/manage\.py collectstatic --noinput\n {7}managing collectstatic --noinput --traceback key\n/,
  )
  const off = await buildWell(app, { prepare, configVars: { DISABLE_COLLECTSTATIC: '1' } })
  assert.match(
    off.output,
    /Skipping Django collectstatic since the env var DISABLE_COLLECTSTATIC is set/,
  )
  const failed = await build(app, { prepare, configVars: { STATUS: '3' } })
  assert.equal(failed.outcome.status, 'failed')
  assert.match(
    failed.output,
    / !     Error while running '\$ python site\/manage\.py collectstatic --noinput'\./,
  )
})

/** A wheel with an empty package of that name, made by hand so that nothing is fetched. */
const aWheel = async (folder: string, name: string): Promise<void> => {
  const contents = mkdtempSync(join(base, 'wheel-'))
  const info = join(contents, `${name}-1.0.dist-info`)
  for (const path of [info, join(contents, name)]) mkdirSync(path)
  writeFileSync(join(contents, name, '__init__.py'), '')
  writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`)
  writeFileSync(
    join(info, 'WHEEL'),
    'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  )
  writeFileSync(join(info, 'RECORD'), '')
  const pack = 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])'
  const archive = join(base, name)
  await runOrThrow('python3', ['-c', pack, archive, contents])
  await runOrThrow('cp', [`${archive}.zip`, join(folder, `${name}-1.0-py3-none-any.whl`)])
}
