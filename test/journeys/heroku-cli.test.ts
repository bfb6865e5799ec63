import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { watchCommandLines } from '../support/command-lines.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** The official CLI, unmodified, against a real platform: each command with what it prints. */
let platform: TestPlatform
let source: string

before(async () => {
  platform = await startPlatform()
})
after(() => platform?.stop())

const heroku = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.heroku(...args))
  return stdout + stderr
}

test('auth:whoami names the operator', async () => {
  assert.match(await heroku('auth:whoami'), /operator@localhost/)
})

test('apps:create makes an app with its git remote and web address', async () => {
  const created = await heroku('apps:create', 'guestbook-staging', '--no-remote')
  assert.match(created, /guestbook-staging/)
  assert.match(created, new RegExp(`https://localhost:${platform.port}/guestbook-staging\\.git`))
  assert.match(created, new RegExp(`http://guestbook-staging\\.localhost:${platform.routerPort}/`))
  await heroku('apps:create', 'guestbook-production', '--no-remote')
  assert.match(await heroku('apps'), /guestbook-production[\s\S]*guestbook-staging/)
})

test('a taken name, a bad name and an unknown app are refused in words', async () => {
  const taken = await platform.heroku('apps:create', 'guestbook-staging', '--no-remote')
  assert.notEqual(taken.code, 0)
  assert.match(taken.stderr, /already taken/)
  const bad = await platform.heroku('apps:create', 'No;Good', '--no-remote')
  assert.notEqual(bad.code, 0)
  assert.match(bad.stderr, /Name must start with a letter/i)
  const unknown = await platform.heroku('apps:info', '-a', 'nobody-has-this')
  assert.notEqual(unknown.code, 0)
  assert.match(unknown.stderr, /Couldn't find that app/)
})

test('addons:create gives the app a database as DATABASE_URL', async () => {
  for (const app of ['guestbook-staging', 'guestbook-production'])
    assert.match(await heroku('addons:create', 'heroku-postgresql', '-a', app), /DATABASE_URL/)
  assert.match(
    await heroku('addons', '-a', 'guestbook-staging'),
    /heroku-postgresql[\s\S]*DATABASE/,
  )
  assert.match(
    await heroku('config:get', 'DATABASE_URL', '-a', 'guestbook-staging'),
    /^postgres:\/\//,
  )
})

test('config:set, config, config:get and config:unset make releases', async () => {
  assert.match(
    await heroku('config:set', 'GUESTBOOK_STAGE=staging', 'OLD=1', '-a', 'guestbook-staging'),
    /v\d+/,
  )
  assert.match(await heroku('config', '-a', 'guestbook-staging'), /GUESTBOOK_STAGE:\s+staging/)
  assert.equal(
    (await heroku('config:get', 'GUESTBOOK_STAGE', '-a', 'guestbook-staging')).trim(),
    'staging',
  )
  await heroku('config:unset', 'OLD', '-a', 'guestbook-staging')
  assert.doesNotMatch(await heroku('config', '-a', 'guestbook-staging'), /OLD:/)
  assert.match(await heroku('releases', '-a', 'guestbook-staging'), /Remove OLD config vars/)
})

test('buildpacks:set, add, index and clear', async () => {
  assert.match(
    await heroku('buildpacks:set', 'heroku/nodejs', '-a', 'guestbook-staging'),
    /Buildpack set/,
  )
  await heroku('buildpacks:add', 'heroku/python', '-a', 'guestbook-staging')
  await heroku(
    'buildpacks:add',
    '--index',
    '1',
    'https://example.com/own-buildpack.git#v1',
    '-a',
    'guestbook-staging',
  )
  const list = await heroku('buildpacks', '-a', 'guestbook-staging')
  assert.match(
    list,
    /1\. https:\/\/example\.com\/own-buildpack\.git#v1[\s\S]*2\. heroku\/nodejs[\s\S]*3\. heroku\/python/,
  )
  await heroku('buildpacks:remove', '--index', '1', '-a', 'guestbook-staging')
  assert.match(await heroku('buildpacks:clear', '-a', 'guestbook-staging'), /cleared/)
})

test('git:remote and git push build, release and serve the app', async () => {
  source = await platform.aRepository('guestbook', { example: 'node' })
  const remote = await platform.git(
    source,
    'remote',
    'add',
    'heroku',
    `https://localhost:${platform.port}/guestbook-staging.git`,
  )
  assertSucceeds(remote)
  const config = JSON.parse(await heroku('config', '-a', 'guestbook-staging', '--json')) as {
    DATABASE_URL: string
  }
  const token = (await heroku('auth:token')).split('\n', 1)[0] ?? ''
  assert.match(token, /^sluice-[0-9a-f]{64}$/)
  const secretsShown = watchCommandLines([token, new URL(config.DATABASE_URL).password])
  const pushed = assertSucceeds(await platform.git(source, 'push', 'heroku', 'main')).stderr
  assert.deepEqual(secretsShown(), [])
  assert.match(pushed, /-----> Building on the Heroku-24 stack/)
  assert.match(pushed, /-----> Node\.js app detected/)
  assert.match(pushed, /Procfile declares types\s+-> release, web/)
  assert.match(pushed, /Released v\d+/)
  assert.match(pushed, /Running release command/)
  const page = await platform.request('guestbook-staging')
  assert.equal(page.status, 200)
  assert.match(page.body, /Guestbook, version 1/)
  assert.match(page.body, /staging/)
})

test('apps:info, releases, releases:info and releases:output tell what was released', async () => {
  assert.match(
    await heroku('apps:info', '-a', 'guestbook-staging'),
    /=== guestbook-staging[\s\S]*Git URL/,
  )
  const releases = await heroku('releases', '-a', 'guestbook-staging')
  assert.match(releases, /Deploy [0-9a-f]{8}/)
  const version = /(v\d+)\S*\s+Deploy/.exec(releases)?.[1] ?? ''
  assert.match(
    await heroku('releases:info', version, '-a', 'guestbook-staging'),
    /Deploy [0-9a-f]{8}/,
  )
  assert.match(await heroku('releases:output', version, '-a', 'guestbook-staging'), /migrat/i)
})

test('ps, ps:scale and ps:restart', async () => {
  await until(async () => /web\.1: up/.test(await heroku('ps', '-a', 'guestbook-staging')), {
    limitMs: 60_000,
  })
  assert.match(await heroku('ps:scale', 'web=2', '-a', 'guestbook-staging'), /web at 2/)
  await until(async () => /web\.2: up/.test(await heroku('ps', '-a', 'guestbook-staging')), {
    limitMs: 60_000,
  })
  await heroku('ps:restart', '-a', 'guestbook-staging')
  await heroku('ps:scale', 'web-1', '-a', 'guestbook-staging')
  await until(async () => !/web\.2/.test(await heroku('ps', '-a', 'guestbook-staging')), {
    limitMs: 60_000,
  })
  assert.equal((await platform.request('guestbook-staging')).status, 200)
})

test('logs and logs --tail show the app, the router and the platform', async () => {
  await platform.request('guestbook-staging', '/?from=the-log-test')
  await until(
    async () => /the-log-test/.test(await heroku('logs', '-n', '200', '-a', 'guestbook-staging')),
    { limitMs: 30_000 },
  )
  const logs = await heroku('logs', '-n', '500', '-a', 'guestbook-staging')
  assert.match(logs, /heroku\[router\]: at=info method=GET path="\/\?from=the-log-test"/)
  assert.match(logs, /app\[api\]: Release v\d+ created by user operator@localhost/)
  assert.match(logs, /app\[web\.1\]:/)
})

test('run gives the exit code of its command', async () => {
  assert.match(
    await heroku(
      'run',
      '--exit-code',
      '-a',
      'guestbook-staging',
      '--',
      'echo',
      'hello-from-a-dyno',
    ),
    /hello-from-a-dyno/,
  )
  const failed = await platform.heroku(
    'run',
    '--exit-code',
    '-a',
    'guestbook-staging',
    '--',
    'bash',
    '-c',
    'exit 7',
  )
  assert.equal(failed.code, 7, failed.stdout + failed.stderr)
})

test('pipelines:create, add, update, rename, list and info', async () => {
  assert.match(
    await heroku('pipelines:create', 'guestbooks', '-a', 'guestbook-staging', '-s', 'development'),
    /guestbooks/,
  )
  await heroku('pipelines:update', '-a', 'guestbook-staging', '-s', 'staging')
  await heroku('pipelines:add', 'guestbooks', '-a', 'guestbook-production', '-s', 'production')
  await heroku('pipelines:rename', 'guestbooks', 'guestbook')
  assert.match(await heroku('pipelines'), /guestbook/)
  const info = await heroku('pipelines:info', 'guestbook')
  assert.match(info, /guestbook-staging[\s\S]*staging/)
  assert.match(info, /guestbook-production[\s\S]*production/)
})

test('ci:config:set, ci:config, ci:config:get and ci:config:unset keep config for test apps', async () => {
  const onPipeline = ['-p', 'guestbook']
  assert.match(await heroku('ci:config:set', 'GREETING=hello', 'B=2', ...onPipeline), /GREETING/)
  assert.match(await heroku('ci:config', ...onPipeline), /B: +2\s+GREETING: +hello/)
  assert.equal((await heroku('ci:config:get', 'GREETING', ...onPipeline)).trim(), 'hello')
  await heroku('ci:config:unset', 'B', ...onPipeline)
  assert.doesNotMatch(await heroku('ci:config', ...onPipeline), /B:/)
})

test('pipelines:promote carries the very slug to production, which keeps its own config', async () => {
  await heroku('config:set', 'GUESTBOOK_STAGE=production', '-a', 'guestbook-production')
  assert.match(await heroku('pipelines:promote', '-a', 'guestbook-staging'), /succeeded/)
  const page = await platform.request('guestbook-production')
  assert.equal(page.status, 200)
  assert.match(page.body, /Guestbook, version 1/)
  assert.match(page.body, /production/)
  const releases = await heroku('releases', '-a', 'guestbook-production')
  assert.match(releases, /Promote guestbook-staging v\d+ [0-9a-f]{8}/)
  const [staging, production] = await Promise.all(
    ['guestbook-staging', 'guestbook-production'].map(
      async (app) => (await platform.sluice('apps:info', '-a', app, '--json')).stdout,
    ),
  )
  const digest = (text: string | undefined): string =>
    (JSON.parse(text ?? '{}') as { slug: { checksum: string } }).slug.checksum
  assert.equal(digest(staging), digest(production))
})

test('a second push is promoted with --to, and releases:rollback undoes it', async () => {
  const file = `${source}/server.js`
  await writeFile(file, (await readFile(file, 'utf8')).replace('version 1', 'version 2'))
  await platform.commit(source, 'Version 2')
  assertSucceeds(await platform.git(source, 'push', 'heroku', 'main'))
  await heroku('pipelines:promote', '-a', 'guestbook-staging', '--to', 'guestbook-production')
  assert.match((await platform.request('guestbook-production')).body, /version 2/)
  assert.match(await heroku('releases:rollback', '-a', 'guestbook-production'), /Rolling back/)
  await until(async () => /version 1/.test((await platform.request('guestbook-production')).body), {
    limitMs: 60_000,
  })
})

test('local runs the Procfile on the machine itself', async () => {
  const { stdout, stderr } = await platform.heroku('local:version')
  assert.match(stdout + stderr, /\d+\.\d+/)
})

test('pipelines:remove, pipelines:destroy and apps:destroy take things away', async () => {
  await heroku('pipelines:remove', '-a', 'guestbook-production')
  await heroku('pipelines:destroy', 'guestbook')
  await heroku('apps:destroy', '-a', 'guestbook-production', '--confirm', 'guestbook-production')
  assert.doesNotMatch(await heroku('apps'), /guestbook-production/)
  await until(async () => (await platform.request('guestbook-production')).status === 404, {
    limitMs: 60_000,
  })
})
