import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readKeeperState } from '#/foundation/keeper-state.ts'
import { parseExports } from '../support/exports.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { onATerminal } from '../support/terminal.ts'
import { until } from '../support/until.ts'

/**
 * An app whose build reads config, by the commands of 2012 and by today's: coupled, compared, promoted; a stage of its
 * own between the two; what the build left in the slug, and the way out.
 */
const FILES = {
  Procfile: 'web: node dist.js\n',
  'package.json': JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    private: true,
    scripts: { build: 'node build.js' },
  }),
  'build.js': `require('node:fs').writeFileSync('dist.js', \`require('node:http').createServer((request, response) =>
  response.end('assets at \${process.env.ASSET_HOST}')).listen(process.env.PORT)\\n\`)\n`,
  'app.json': JSON.stringify({
    promotion: {
      paths: [
        { name: 'search', paths: ['search/**'], message: 'search is rebuilt', downtime: true },
      ],
    },
  }),
}
const STAGING = 'shop-staging'
const APP = 'shop'

let platform: TestPlatform
let source: string

before(async () => {
  platform = await startPlatform()
})
after(() => platform?.stop())

const sluice = async (...args: string[]): Promise<string> =>
  assertSucceeds(await platform.sluice(...args)).stdout
const heroku = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.heroku(...args))
  return stdout + stderr
}
const push = async (app: string): Promise<void> => {
  const remote = `https://localhost:${platform.port}/${app}.git`
  assertSucceeds(await platform.git(source, 'push', remote, 'main'))
}
const change = async (message: string, path: string, text: string): Promise<void> => {
  await mkdir(join(source, path, '..'), { recursive: true })
  await writeFile(join(source, path), text)
  await platform.commit(source, message)
}

test('labs:enable switches a feature of the account, by both CLIs', async () => {
  assert.match(await heroku('labs'), /\[ \] pipelines/)
  const ours = assertSucceeds(await platform.sluice('labs:enable', 'pipelines'))
  assert.equal(ours.stderr, 'Enabling pipelines for operator@localhost... done\n')
  assert.match(await heroku('labs'), /\[\+\] pipelines/)
  assert.match(
    await heroku('labs:disable', 'pipelines'),
    /Disabling pipelines for operator@localhost\.\.\. done/,
  )
  assert.match(await sluice('labs'), /\[ \] pipelines/)
  assert.match(
    await heroku('labs:enable', 'pipelines'),
    /Enabling pipelines for operator@localhost\.\.\. done/,
  )
})

test('on a terminal a pipeline and its stages are asked for, with a guess from the names that Enter takes', async () => {
  for (const app of ['blog-staging', 'blog']) await sluice('apps:create', app, '--no-remote')
  const env = parseExports(await sluice('env'))
  const terminal = (command: string) =>
    onATerminal(`${join(import.meta.dirname, '../../bin/sluice')} ${command}`, {
      cwd: platform.home,
      env: { PATH: process.env['PATH'], ...env },
    })

  const creating = terminal('pipelines:create -a blog-staging')
  await creating.shows(/Pipeline name \[blog\]:/)
  creating.type('journal\r')
  await creating.shows(/Stage of blog-staging \[staging\]:/)
  creating.type('\r')
  assert.equal(await creating.ended(), 0, creating.text())
  const adding = terminal('pipelines:add journal -a blog')
  await adding.shows(/Stage of blog \[production\]:/)
  adding.type('\r')
  assert.equal(await adding.ended(), 0, adding.text())

  const info = await sluice('pipelines:info', 'journal')
  assert.match(info, /blog-staging +staging/)
  assert.match(info, /blog +production/)
  assert.match(
    (await platform.sluice('pipelines:create', '-a', 'blog')).stderr,
    /already|in a pipeline/,
  )
  for (const app of ['blog-staging', 'blog'])
    await sluice('apps:destroy', '-a', app, '--confirm', app)
  await sluice('pipelines:destroy', 'journal')
})

test('pipeline:add couples two apps, and pipeline shows them', async () => {
  source = await platform.aRepository('shop', { files: FILES })
  for (const app of [STAGING, APP]) await heroku('apps:create', app, '--no-remote')
  await heroku('config:set', 'ASSET_HOST=https://assets.staging-4711.example', '-a', STAGING)
  await heroku('config:set', 'ASSET_HOST=https://assets.shop-4712.example', '-a', APP)
  assert.equal(await sluice('pipeline:add', APP, '-a', STAGING), `Added downstream app: ${APP}\n`)
  assert.equal(await sluice('pipeline', '-a', APP), `Pipeline: ${STAGING} ---> ${APP}\n`)
  assert.match(await heroku('pipelines:info', 'shop'), /shop-staging +staging/)
  await sluice('pipeline:add', APP, '-a', STAGING)
  const itself = await platform.sluice('pipeline:add', APP, '-a', APP)
  assert.match(itself.stderr, /downstream of itself/)
  const missing = await platform.sluice('pipeline:add', 'no-such-app', '-a', STAGING)
  assert.notEqual(missing.code, 0)
})

test('pipeline:diff lists commits, and pipelines:diff all that lies between two apps', async () => {
  await push(STAGING)
  await push(APP)
  await change('A super important fix', 'README', 'Fixed.\n')
  await push(STAGING)
  const diff = await sluice('pipeline:diff', '-a', STAGING)
  const [first, second] = diff.split('\n')
  assert.equal(first, `Comparing ${STAGING} to ${APP}...done, ${STAGING} ahead by 1 commit:`)
  assert.match(
    second ?? '',
    /^ {2}[0-9a-f]{7} {2}\d{4}-\d\d-\d\d {2}A super important fix {2}\(Ada\)$/,
  )
  const today = await sluice('pipelines:diff', '-a', STAGING)
  assert.match(today, /Files: 1\n {2}README\n/)
  assert.match(today, /~ ASSET_HOST \(another value\)/)
  assert.doesNotMatch(today, /4711|4712/)
  assert.equal(await sluice('heroku', 'pipelines:diff', '-a', STAGING), today)
})

test('the plan tells what the build left in the slug, and builds:create --from is the way out', async () => {
  await change('Search', 'search/index.json', '{}')
  await push(STAGING)
  const plan = await sluice('pipelines:plan', '-a', STAGING)
  assert.match(
    plan,
    /Baked in +! ASSET_HOST: the value of shop-staging found in 1 file of the slug \(dist\.js\), shop has another/,
  )
  assert.match(plan, /^Downtime +expected: search is rebuilt/m)
  assert.doesNotMatch(plan, /4711|4712/)
  const built = await sluice('builds:create', '-a', APP, '--from', STAGING)
  assert.match(built, /Released v\d+ of shop/)
  assert.equal((await platform.request(APP)).body, 'assets at https://assets.shop-4712.example')
  const after = await sluice('pipeline:diff', '-a', STAGING)
  assert.match(after, /no commits that shop has not/)
  const json = JSON.parse(await sluice('pipelines:plan', '-a', STAGING, '--json'))
  assert.equal(json.targets[0].release.commit, json.source.release.commit)
})

test('a stage between the two: promotion goes there first, and on from there', async () => {
  await sluice(
    'pipelines:stages:add',
    'canary',
    '-p',
    'shop',
    '-k',
    'production',
    '--before',
    'production',
  )
  assert.match(await sluice('pipelines:stages', '-p', 'shop'), /canary +production/)
  await heroku('apps:create', 'shop-canary', '--no-remote')
  await sluice('pipelines:add', 'shop', '-a', 'shop-canary', '-s', 'canary')
  assert.equal(
    await sluice('pipeline', '-a', APP),
    `Pipeline: ${STAGING} ---> shop-canary ---> ${APP}\n`,
  )
  const promoted = await sluice('pipeline:promote', '-a', STAGING)
  assert.match(promoted, /^Promoting shop-staging to shop-canary\.\.\.done, v\d+\n$/)
  assert.match(
    (await platform.request('shop-canary')).body,
    /^assets at https:\/\/assets\.staging-4711/,
  )
  assert.match(
    await sluice('pipeline:promote', '-a', 'shop-canary'),
    /^Promoting shop-canary to shop\.\.\.done, v\d+\n$/,
  )
  const kept = await platform.sluice('pipelines:stages:remove', 'canary', '-p', 'shop')
  assert.match(kept.stderr.replace(/\s+›?\s*/g, ' '), /Move the apps of a stage/)
  const removed = await sluice('pipeline:remove', '-a', STAGING)
  assert.equal(removed, 'Removed downstream app: shop-canary\n')
  await sluice('pipelines:stages:remove', 'canary', '-p', 'shop')
  const names = (
    JSON.parse(await sluice('pipelines:stages', '-p', 'shop', '--json')) as { name: string }[]
  ).map(({ name }) => name)
  assert.deepEqual(names, ['review', 'development', 'staging', 'production'])
  await heroku('pipelines:update', '-a', APP, '-s', 'development')
  await heroku('pipelines:update', '-a', APP, '-s', 'production')
})

test('marks say in the plan what must hold of a config var', async () => {
  await sluice('config:set', 'LIMIT=10', '-a', STAGING)
  await sluice('config:set', 'LIMIT=20', '-a', APP)
  await sluice('pipelines:marks:set', 'LIMIT', 'must-equal', '-p', 'shop', '-s', 'production')
  assert.match(await sluice('pipelines:marks', '-p', 'shop'), /production +LIMIT +must-equal/)
  assert.match(await sluice('pipelines:plan', '-a', STAGING), /✗ LIMIT must be equal and differs/)
  await sluice('pipelines:marks:remove', 'LIMIT', '-p', 'shop', '-s', 'production')
  assert.doesNotMatch(await sluice('pipelines:plan', '-a', STAGING), /LIMIT/)
})

test('a promotion is followed to its end, and happens once, although the control plane is killed meanwhile', async () => {
  await change('Slow to release', 'Procfile', 'web: node dist.js\nrelease: sleep 4\n')
  await push(STAGING)
  const releases = async (): Promise<{ status: string; description: string }[]> =>
    JSON.parse(await sluice('releases', '-a', APP, '--json'))
  const promotions = async (): Promise<number> =>
    (await releases()).filter(({ description }) => description.startsWith('Promote')).length
  const before = await promotions()
  const promoting = platform.sluice('pipelines:promote', '-a', STAGING, '--to', APP)
  await until(async () => (await releases()).some(({ status }) => status === 'pending'), {
    limitMs: 60_000,
  })
  const { pid } = (await readKeeperState(platform.dataDir)).processes['control-plane'] ?? {}
  assert.ok(pid)
  process.kill(pid, 'SIGKILL')
  assert.match(assertSucceeds(await promoting).stdout, /Promotion finished/)
  assert.equal(await promotions(), before + 1)
})
