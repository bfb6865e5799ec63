import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readLog } from '#/log-store/read-log.ts'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
} from '../../test/support/git-platform.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'
import { until } from '../../test/support/until.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, urlOf } = host
const { paths } = host.platform
await host.startWorker()
const buildpack = await aBuildpack('[ ! -e "$1/broken" ] || { echo "it is broken"; exit 1; }')

type Shown = { status: string; release: { id: string } | null; slug: { id: string } | null }
const builds = async (app: string): Promise<Shown[]> =>
  (await call('GET', `/apps/${app}/builds`)).json<Shown[]>()
const newestRelease = async (app: string): Promise<{ version: number; description: string }> => {
  const headers = { range: 'version ..; order=desc,max=1' }
  const listed = await call('GET', `/apps/${app}/releases`, undefined, { headers })
  const [newest] = listed.json<{ version: number; description: string }[]>()
  if (!newest) throw new Error('There is no release.')
  return newest
}

test('a push is built, released and deployed, and says so in the words people know', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  const commit = (await copy.git('rev-parse', 'HEAD')).stdout.trim()
  const lines = pushed.stderr.split('\n').map((line) => line.replace(/^remote: ?/, '').trimEnd())
  for (const line of [
    'Compressing source files... done.',
    'Building source:',
    '-----> Building on the Heroku-24 stack',
    '-----> Plain app detected',
    `       compiling ${commit}`,
    '-----> Launching...',
    '       Released v2',
    `       http://${app.name}.localhost:8080/ deployed to Sluice`,
    'Verifying deploy... done.',
    'Starting v2... done.',
  ])
    assert.ok(lines.includes(line), `${line}\n${pushed.stderr}`)
  assert.match(pushed.stderr, /\* \[new branch\] +main -> main/)
  assert.equal((await newestRelease(app.name)).description, `Deploy ${commit.slice(0, 8)}`)
  await host.platform.logs.flush()
  const logged = (await readLog(paths.logs, app.id, { lines: 100 })).lines.map(({ text }) => text)
  const { name } = host.actor
  const [short, said] = [commit.slice(0, 8), logged.slice(-4)]
  assert.deepEqual(said, [
    `Build started by user ${name}`,
    'Build succeeded',
    `Deploy ${short} by user ${name}`,
    `Release v2 created by user ${name}`,
  ])
  const listed = await copy.git('ls-remote', urlOf(app.name))
  assert.equal(listed.stdout, `${commit}\tHEAD\n${commit}\trefs/heads/main\n`)
})

test('a broken build declines the push, moves nothing, and the mended one is released', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n', broken: '' })
  const broken = await copy.git('push', urlOf(app.name), 'main', 'main:refs/tags/v1')
  assert.notEqual(broken.code, 0)
  assert.match(broken.stderr, /it is broken/)
  assert.match(broken.stderr, /! +Push rejected, failed to compile Plain app/)
  assert.match(broken.stderr, /\[remote rejected\] main -> main \(pre-receive hook declined\)/)
  assert.equal((await copy.git('ls-remote', urlOf(app.name))).stdout, '')
  await copy.commit({ broken: null })
  const mended = await copy.git('push', urlOf(app.name), 'main')
  assert.equal(mended.code, 0, mended.stderr)
  assert.deepEqual(
    (await builds(app.name)).map(({ status, slug }) => [status, slug !== null]),
    [
      ['failed', false],
      ['succeeded', true],
    ],
  )
  assert.equal((await newestRelease(app.name)).version, 2)
})

test("a build sees the app's config in ENV_DIR alone, and its secrets are not shown", async () => {
  const url = await aBuildpack(
    'cat "$3/GREETING"; echo; cat "$3/API_TOKEN"; echo; env | grep -c TOKEN',
  )
  const app = await anAppBuiltBy(host, url)
  const vars = { GREETING: 'good morning', API_TOKEN: 'tok-0123456789' }
  await call('PATCH', `/apps/${app.name}/config-vars`, vars)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.match(pushed.stderr, /good morning/)
  assert.match(pushed.stderr, /\[REDACTED\] *\n.*remote: 0 /)
  assert.ok(!pushed.stderr.includes('tok-0123456789'))
})

test('of two pushes at once one wins, and the other is told that the branch has moved', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const [one, other] = await Promise.all([
    aWorkingCopy({ Procfile: 'worker: one\n' }),
    aWorkingCopy({ Procfile: 'worker: other\n' }),
  ])
  const results = await Promise.all([
    one.git('push', urlOf(app.name), 'main'),
    other.git('push', urlOf(app.name), 'main'),
  ])
  const lost = results.filter(({ code }) => code !== 0)
  assert.equal(lost.length, 1)
  assert.match(lost[0]?.stderr ?? '', /main has been moved by another push/)
  assert.equal((await builds(app.name)).length, 1)
  const again = await (results[0]?.code === 0 ? other : one).git(
    'push',
    '-f',
    urlOf(app.name),
    'main',
  )
  assert.equal(again.code, 0, again.stderr)
  assert.equal((await newestRelease(app.name)).version, 3)
})

test('what is pushed already is up to date, and the deployed branch stays', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  await copy.git('push', urlOf(app.name), 'main')
  assert.match((await copy.git('push', urlOf(app.name), 'main')).stderr, /Everything up-to-date/)
  const deleted = await copy.git('push', urlOf(app.name), ':main')
  assert.match(deleted.stderr, /cannot be deleted/)
  const tagged = await copy.git('push', urlOf(app.name), 'main:refs/tags/v1')
  assert.match(tagged.stderr, /skipping build/)
})

test('master is deployed as main is, and a clone checks it out', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main:master')
  assert.match(pushed.stderr, /Released v2/)
  const cloned = await copy.git('clone', '--quiet', urlOf(app.name), 'cloned')
  assert.equal(cloned.code, 0, cloned.stderr)
  assert.equal(await readFile(join(copy.dir, 'cloned', 'Procfile'), 'utf8'), 'worker: true\n')
})

test('a build that is cancelled declines its push', async () => {
  const app = await anAppBuiltBy(host, await aBuildpack('echo waiting; sleep 600'))
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushing = copy.git('push', urlOf(app.name), 'main')
  const id = await untilBuilding(app.name)
  const cancelled = await call('DELETE', `/apps/${app.name}/builds/${id}`)
  assert.equal(cancelled.json<Shown>().status, 'failed')
  const pushed = await pushing
  assert.match(pushed.stderr, /Push rejected, canceled by person-/)
  await assertNoWorkspace(id)
})

test('a destroyed app ends its builds', async () => {
  const app = await anAppBuiltBy(host, await aBuildpack('echo waiting; sleep 600'))
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushing = copy.git('push', urlOf(app.name), 'main')
  const id = await untilBuilding(app.name)
  await call('DELETE', `/apps/${app.name}`)
  assert.match((await pushing).stderr, /the app was destroyed/)
  await assertNoWorkspace(id)
})

/** Until the build's output has come so far that its buildpack waits; returns its id. */
const untilBuilding = (app: string): Promise<string> =>
  until(
    async () => {
      const [build] = (await call('GET', `/apps/${app}/builds`)).json<{ id: string }[]>()
      const text =
        build && (await readFile(join(paths.builds, `${build.id}.log`), 'utf8').catch(() => ''))
      return text?.includes('waiting') ? build?.id : undefined
    },
    { limitMs: 60_000, what: 'the build' },
  )

const assertNoWorkspace = (id: string): Promise<unknown> =>
  until(
    async () =>
      (await readdir(paths.builds)).every(
        (name) => !name.startsWith(`${id}.`) || name === `${id}.log`,
      ),
    {
      limitMs: 30_000,
      what: 'the workspace to be removed',
    },
  )

test('the health path of an app.json goes with the slug, and one that cannot be is told', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const appJson = (path: string): string =>
    JSON.stringify({ healthchecks: { web: [{ type: 'startup', path }] } })
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n', 'app.json': appJson('/health') })
  const slugsOf = () =>
    host.platform.db
      .selectFrom('slugs')
      .select('healthPath')
      .where('appId', '=', app.id)
      .orderBy('createdAt')
      .execute()
  assert.equal((await copy.git('push', urlOf(app.name), 'main')).code, 0)
  assert.deepEqual(await slugsOf(), [{ healthPath: '/health' }])
  await copy.commit({ 'app.json': appJson('no path') })
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.match(
    pushed.stderr,
    /app\.json is passed over: The path of a health check must begin with \//,
  )
  assert.equal((await slugsOf())[1]?.healthPath, null)
})
