import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { removeTree } from '#/foundation/remove-tree.ts'
import { aBuilder } from '../../test/support/builds.ts'
import { writeFiles } from '../../test/support/files.ts'

const { build, buildWell, inDyno } = aBuilder()

const LOCK = JSON.stringify({
  name: 'app',
  lockfileVersion: 3,
  requires: true,
  packages: { '': { name: 'app' } },
})
const anApp = (contents: object, files: Record<string, string> = {}) => ({
  'package.json': JSON.stringify({ name: 'app', ...contents }),
  'package-lock.json': LOCK,
  'server.js': "console.log('served by', process.version, process.env.NODE_ENV)",
  ...files,
})

test('a Node.js app is detected, gets its own Node and npm, and starts by npm start', async () => {
  const app = anApp({ scripts: { start: 'node server.js' }, engines: { node: '>=20' } })
  const { slug, output } = await buildWell(app)
  assert.match(
    output,
    /-----> Determining which buildpack to use for this app\n-----> Node\.js app detected\n/,
  )
  assert.match(output, /engines\.node \(package\.json\): {3}>=20\n/)
  assert.match(output, new RegExp(`Installing node-${process.versions.node}\n`))
  assert.deepEqual(slug.processTypes, { web: 'npm start' })
  assert.deepEqual(slug.buildpacks, [{ name: 'heroku/nodejs', url: 'urn:buildpack:heroku/nodejs' }])
  const printed = await inDyno(
    slug.digest,
    'npm start --silent; which node npm; echo $WEB_CONCURRENCY',
  )
  assert.equal(
    printed,
    `served by ${process.version} production\n/app/.heroku/node/bin/node\n/app/.heroku/node/bin/npm\n1\n`,
  )
  const again = await buildWell(app)
  assert.equal(again.slug.digest, slug.digest)
})

test('scripts of package.json run in the build, and see the config vars', async () => {
  const scripts = {
    'heroku-prebuild': 'echo "prebuild of $GREETING"',
    build: 'echo built > built.txt',
    'heroku-cleanup': 'echo cleaned',
  }
  const { slug, output } = await buildWell(anApp({ scripts }, { Procfile: 'web: cat built.txt' }), {
    configVars: { GREETING: 'hello\nworld\n', PATH: '/nowhere', NODE_VERSION: '1' },
  })
  assert.match(output, /prebuild of hello\n {7}world\n/)
  assert.match(
    output,
    /-----> Running heroku-prebuild\n[^]*-----> Installing dependencies\n[^]*-----> Running build\n[^]*-----> Running heroku-cleanup\n/,
  )
  assert.equal(await inDyno(slug.digest, 'cat built.txt'), 'built\n')
})

test('a build script that fails rejects the build', async () => {
  const { outcome, output } = await build(anApp({ scripts: { build: 'echo no; exit 7' } }))
  assert.deepEqual(outcome, { status: 'failed', reason: 'failed to compile Node.js app.' })
  assert.match(output, / {7}no\n/)
})

for (const [name, contents, words] of [
  ['no JSON', '{"name": ', /package\.json cannot be read/],
  ['no range', '{"engines": {"node": "twenty"}}', /engines\.node in package\.json is "twenty"/],
  ['no text', '{"engines": {"node": {"a": 1}}}', /which is no range of versions/],
  [
    'an option',
    '{"engines": {"npm": "--registry=https://evil.example.com"}}',
    /no range of versions/,
  ],
] as const)
  test(`a package.json with ${name} is refused in words`, async () => {
    const { outcome, output } = await build({ 'package.json': contents, 'package-lock.json': LOCK })
    assert.equal(outcome.status, 'failed')
    assert.match(output, words)
  })

test('the runtime goes to the cache and comes back with the next build', async () => {
  const { cacheDir } = aPlace()
  const first = await buildWell(anApp({}), { cacheDir })
  const { ino } = statSync(join(cacheDir, 'nodejs/runtime/bin/node'))
  const second = await buildWell(anApp({}), { cacheDir })
  assert.equal(statSync(join(cacheDir, 'nodejs/runtime/bin/node')).ino, ino)
  assert.equal(second.slug.digest, first.slug.digest)
})

test('a link that a build puts in place of its runtime leads to nothing of the host', async () => {
  const { cacheDir, folder } = aPlace()
  await writeFiles(folder, { 'node/private': 'of the host' })
  const scripts = { 'heroku-cleanup': `rm -rf .heroku; ln -s ${folder} .heroku` }
  await buildWell(anApp({ scripts }), { cacheDir })
  assert.equal(readFileSync(join(folder, 'node/private'), 'utf8'), 'of the host')
  assert.ok(!existsSync(join(cacheDir, 'nodejs/runtime')))
  await buildWell(anApp({}), { cacheDir })
  assert.ok(existsSync(join(cacheDir, 'nodejs/runtime/bin/node')))
})

test('an app with packages from npm runs in a dyno', async () => {
  const { slug, output } = await buildWell({ example: 'node' })
  assert.match(output, /added \d+ packages/)
  const port = await aFreePort()
  const ask = `node -e 'fetch("http://127.0.0.1:${port}/").then(r => r.text()).then(t => console.log(t), () => process.exit(1))'`
  const printed = await inDyno(
    slug.digest,
    `PORT=${port} node server.js > /tmp/log & for n in $(seq 100); do ${ask} && break; sleep 0.1; done; kill %1`,
  )
  assert.match(printed, /Guestbook, version 1/)
})

const aPlace = () => {
  const base = mkdtempSync(join(tmpdir(), 'sluice-nodejs-'))
  after(() => removeTree(base))
  return { cacheDir: join(base, 'cache'), folder: join(base, 'folder') }
}

const aFreePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
