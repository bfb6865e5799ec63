import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { endSleeper } from '../support/end-process.ts'
import { aMailServer } from '../support/mail.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/**
 * A team's pipeline with two apps in production: what they differ in, promotions to both of them that fail, are undone,
 * cancelled and tried again, and the ways back; who is told of it by webhook and mail.
 */
type Person = Pick<TestPlatform, 'sluice' | 'heroku'>
type Told = { event: string; text: string }
type Release = {
  version: number
  status: string
  current: boolean
  description: string
  slug: { id: string } | null
}

const STAGING = 'shop-staging'
const TEAM = ['-t', 'acme']
const PIPELINE = ['-p', 'shop']
const PRODUCTION = [...PIPELINE, '-s', 'production']
/** Nobody else's `sleep` is as long as these. */
const RELEASING = randomInt(1_000_000, 2_000_000)
const WORKING = RELEASING + 1
const SOON = { limitMs: 120_000, everyMs: 300 }

const told: Told[] = []
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    told.push(JSON.parse(body))
    response.end()
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
after(() => receiver.close())
const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/shop`
const mail = await aMailServer()

let platform: TestPlatform
let ada: Person
let vic: Person
let dir: string

before(async () => {
  platform = await startPlatform({
    SLUICE_FILE_BUILDPACKS: '1',
    SLUICE_PRIVATE_WEBHOOK_HOSTS: '127.0.0.1',
    SLUICE_SMTP_URL: mail.settings.smtpUrl,
    SLUICE_MAIL_FROM: mail.settings.from,
  })
})
after(() => platform?.stop())

const said = (result: Awaited<ReturnType<Person['sluice']>>): string => {
  const { stdout, stderr } = assertSucceeds(result)
  return stdout + stderr
}
const sluice = async (...args: string[]): Promise<string> => said(await platform.sluice(...args))
const heroku = async (...args: string[]): Promise<string> => said(await platform.heroku(...args))
const fails = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await platform.sluice(...args)
  assert.equal(code, 1, stdout + stderr)
  return stdout + stderr
}
const json = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(assertSucceeds(await platform.sluice(...args, '--json')).stdout)
const push = async (message: string, files: Record<string, string>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  await platform.commit(dir, message)
  const remote = `https://localhost:${platform.port}/${STAGING}.git`
  assertSucceeds(await platform.git(dir, 'push', remote, 'main'))
}
const releasesOf = (app: string): Promise<Release[]> => json('releases', '-a', app)
const currentOf = async (app: string): Promise<Release> => {
  const found = (await releasesOf(app)).find(({ current }) => current)
  assert.ok(found, `${app} serves nothing`)
  return found
}
const slugsOf = async (...apps: string[]): Promise<(string | undefined)[]> =>
  Promise.all(apps.map(async (app) => (await currentOf(app)).slug?.id))
const newestPromotion = async (): Promise<string> =>
  (await json<{ id: string }[]>('pipelines:promotions', ...PIPELINE))[0]?.id ?? ''
/** What has come by mail to somebody so far. */
const mailsTo = (address: string): string[] =>
  mail.mails
    .filter(({ to }) => to.includes(address))
    .map(({ raw }) => raw.replaceAll('=\r\n', '').replaceAll('=3D', '='))
const untilTold = (event: string, words: RegExp): Promise<unknown> =>
  until(() => told.some((one) => one.event === event && words.test(one.text)), {
    ...SOON,
    what: `${event} that says ${words.source}`,
  })
const untilMailed = (address: string, words: RegExp): Promise<string> =>
  until(() => mailsTo(address).find((raw) => words.test(raw)), {
    ...SOON,
    what: `a mail to ${address} that says ${words.source}`,
  })
const joined = async (email: string, role: string): Promise<Person> => {
  const person = await platform.aPerson(email)
  await sluice('members:add', email, '-r', role, ...TEAM)
  const invitation = await untilMailed(email, /\/team-invitations\/[0-9a-f]{64}/)
  said(
    await person.sluice(
      ...['teams:join', /http:\S+\/team-invitations\/[0-9a-f]{64}/.exec(invitation)?.[0] ?? ''],
    ),
  )
  return person
}

test('from one app in staging to two in production: a member promotes, hook and mail tell of it', async () => {
  await sluice('teams:create', 'acme')
  ada = await joined('ada@example.com', 'member')
  vic = await joined('vic@example.com', 'viewer')
  const buildpack = await platform.aRepository('buildpack', {
    files: {
      'bin/detect': '#!/bin/sh\necho Plain\n',
      'bin/compile': '#!/bin/sh\nexit 0\n',
      'bin/release': '#!/bin/sh\necho "--- {}"\n',
    },
  })
  const files = {
    Procfile: 'release: sh release.sh\nworker: sleep 100000\n',
    'release.sh': 'true\n',
  }
  dir = await platform.aRepository('shop', { files })
  for (const app of [STAGING, 'shop', 'shop-eu'])
    await sluice('apps:create', app, '--no-remote', ...TEAM)
  await sluice('buildpacks:set', `file://${buildpack}`, '-a', STAGING)
  await sluice('config:set', 'REGION=us', 'COLOR=red', '-a', 'shop')
  await sluice('config:set', 'REGION=eu', '-a', 'shop-eu')
  await heroku('pipelines:create', 'shop', '-a', STAGING, '-s', 'staging', ...TEAM)
  for (const app of ['shop', 'shop-eu'])
    await heroku('pipelines:add', 'shop', '-a', app, '-s', 'production')
  const none = await fails('pipelines:promote', '-a', STAGING)
  assert.match(none.replaceAll(/\s+(›\s+)?/g, ' '), /shop-staging has no code to promote/)
  const last = await fails('pipelines:promote', '-a', 'shop')
  assert.match(last.replaceAll(/\s+(›\s+)?/g, ' '), /No stage after production of shop has an app/)
  await sluice('pipelines:access:production', 'deployers', ...PIPELINE)
  await sluice('pipelines:webhooks:add', hook, ...PIPELINE)
  await push('The first', { hello: 'world' })
  assert.match(said(await ada.heroku('pipelines:promote', '-a', STAGING)), /shop-eu.*succeeded/s)
  const [staging] = await slugsOf(STAGING)
  assert.deepEqual(await slugsOf('shop', 'shop-eu'), [staging, staging])
  await untilTold('promotion.created', /^shop-staging v\d+ is being promoted to shop, shop-eu/)
  await untilTold('promotion.succeeded', /was promoted to shop, shop-eu \(ada@example\.com\)/)
  await untilMailed('ada@example.com', /shop-eu v\d+: succeeded/)
})

test('fan-in: each app of a stage is a way of its own', async () => {
  await heroku('apps:create', 'shop-beta', '--no-remote', ...TEAM)
  await heroku('pipelines:add', 'shop', '-a', 'shop-beta', '-s', 'staging')
  assert.deepEqual((await sluice('pipeline', '-a', 'shop')).trimEnd().split('\n'), [
    'Pipeline: shop-beta ---> shop',
    'Pipeline: shop-beta ---> shop-eu',
    'Pipeline: shop-staging ---> shop',
    'Pipeline: shop-staging ---> shop-eu',
  ])
})

test('the diff has a line for all in which two apps differ, and no values; keys not for everybody', async () => {
  await push('A second', { 'db/migrate/1.rb': '# a table', 'static/a.css': 'a {}', hello: 'you' })
  await sluice('config:set', 'COLOR=red', 'REGION=test', 'ONLY_HERE=1-2-3-4', '-a', STAGING)
  await sluice('config:set', 'ONLY_THERE=5-6-7-8', '-a', 'shop')
  await sluice('domains:add', 'shop.example.com', '-a', 'shop')
  await sluice('ps:scale', 'worker=2', '-a', 'shop')
  await heroku('apps:stacks:set', 'heroku-22', '-a', 'shop')
  const diff = await sluice('pipelines:diff', '-a', STAGING, '--to', 'shop')
  assert.match(
    diff,
    /^Code: shop-staging ahead of shop by 1 commit\n {2}[0-9a-f]{7} .*A second {2}/m,
  )
  assert.match(diff, /^Files: 3\n {2}db\/migrate\/1\.rb\n {2}hello\n {2}static\/a\.css$/m)
  for (const line of [
    '- ONLY_HERE (missing in shop)',
    '+ ONLY_THERE (only in shop)',
    '~ REGION (another value)',
    '= COLOR (the same value)',
    '~ worker: 0 × Standard-1X / 2 × Standard-1X',
    'Domains: (none) / shop.example.com',
  ])
    assert.ok(diff.includes(line), `${line}\n${diff}`)
  assert.match(diff, /^Buildpacks: file:\S+ \/ \(detected\)$/m)
  assert.match(diff, /^Stack: heroku-24 \/ heroku-22$/m)
  assert.doesNotMatch(diff, /1-2-3-4|5-6-7-8/)
  assert.equal(
    await sluice('heroku', 'pipelines:diff', '-a', STAGING),
    await sluice('pipelines:diff', '-a', STAGING),
  )
  const seen = said(await vic.sluice('pipelines:diff', '-a', STAGING, '--to', 'shop'))
  assert.match(seen, /A second/)
  assert.doesNotMatch(seen, /Config|COLOR|ONLY_/)
})

test('what changed paths mean: rules of the platform, and of the app.json, which goes before them', async () => {
  const plan = (): Promise<string> => sluice('pipelines:plan', '-a', STAGING, '--to', 'shop')
  const first = await plan()
  assert.match(first, /! migrations change \(1 file under db\/migrate\/\*\*\)/)
  assert.match(first, /static files change/)
  assert.match(first, /^Downtime +none expected$/m)
  const paths = [
    { name: 'static-files', paths: [] },
    { name: 'greeting', paths: ['hello'], message: 'the greeting changes', downtime: true },
  ]
  await push('Rules', { 'app.json': JSON.stringify({ promotion: { paths } }) })
  const second = await plan()
  assert.match(second, /migrations change/)
  assert.doesNotMatch(second, /static files change/)
  assert.match(second, /^Downtime +expected: the greeting changes/m)
})

test('of all or nothing, one app that fails takes the other back; without it, only itself', async () => {
  const before = await slugsOf('shop', 'shop-eu')
  await push('Not for Europe', {
    'release.sh': `test "$REGION" != eu || exec sleep ${RELEASING}\n`,
  })
  const [next] = await slugsOf(STAGING)
  const promote = async (...flags: string[]): Promise<string> => {
    const promoting = fails('pipelines:promote', '-a', STAGING, ...flags)
    await until(async () => (await slugsOf('shop'))[0] === next, SOON)
    await endSleeper(RELEASING)
    return promoting
  }
  const undone = await promote('--all-or-nothing')
  assert.match(undone, /shop: Every router has followed \(\d+ ms\)/)
  assert.match(
    undone,
    /Promotion finished\s+shop: succeeded; rolled back by v\d+\nshop-eu: failed \(release command failed/,
  )
  await until(async () => (await slugsOf('shop'))[0] === before[0], SOON)
  assert.deepEqual(await slugsOf('shop', 'shop-eu'), before)
  await untilTold('promotion.failed', /was not promoted everywhere to shop, shop-eu/)
  await untilMailed('operator@localhost', /shop-eu v\d+: failed \(release command/)
  assert.match(await promote(), /shop: succeeded\nshop-eu: failed \(release command failed/)
  assert.deepEqual(await slugsOf('shop', 'shop-eu'), [next, before[1]])
})

test('what failed is tried again, cancelled, and tried once more', async () => {
  const [before] = await slugsOf('shop-eu')
  const failed = await newestPromotion()
  const retrying = fails('pipelines:promotions:retry', failed)
  const id = await until(async () => {
    const newest = await newestPromotion()
    return newest === failed ? undefined : newest
  }, SOON)
  assert.match(
    await sluice('pipelines:promotions:cancel', id),
    /shop-eu: failed \(Cancelled by operator@localhost\.\)/,
  )
  assert.match(await retrying, /shop-eu: failed \(Cancelled by/)
  assert.deepEqual(await slugsOf('shop-eu'), [before])
  assert.match(await fails('pipelines:promotions:cancel', id), /Nothing is left to cancel/)
  await sluice('config:set', 'REGION=europe', '-a', 'shop-eu')
  assert.match(await sluice('pipelines:promotions:retry', id), /shop-eu: succeeded/)
  assert.deepEqual(await slugsOf('shop-eu'), await slugsOf(STAGING))
  const record = await sluice('pipelines:promotions', await newestPromotion())
  assert.match(record, new RegExp(`retry of: +${id}`))
  assert.match(record, /before: +v\d+ sha256:[0-9a-f]{64}/)
  assert.match(record, /slug: +sha256:[0-9a-f]{64}/)
  assert.match(record, /Release phase has run \(\d+ ms\)/)
  assert.match(await fails('pipelines:promotions:retry', await newestPromotion()), /No target of/)
})

test('an earlier release of the source is promoted', async () => {
  const [first] = (await releasesOf(STAGING)).filter(({ slug }) => slug !== null).toReversed()
  assert.ok(first)
  const version = `v${first.version}`
  const to = ['-a', STAGING, '--to', 'shop-eu']
  assert.match(await sluice('pipelines:promote', ...to, '--release', version), /shop-eu: succeeded/)
  assert.deepEqual(await slugsOf('shop-eu'), [first.slug?.id])
  const { description } = await currentOf('shop-eu')
  assert.match(description, new RegExp(`^Promote shop-staging ${version} `))
  const info = async (): Promise<string> => sluice('releases:info', '-a', 'shop-eu')
  await until(async () => /^Requests: +(none|\d+ by the old)/m.test(await info()), {
    limitMs: 60_000,
    everyMs: 500,
    what: 'the proof of the release',
  })
  const digestOf = (text: string): string | undefined => /sha256:[0-9a-f]{64}/.exec(text)?.[0]
  const digest = digestOf(await sluice('releases:info', version, '-a', STAGING))
  assert.equal(digestOf(await info()), digest ?? 'none')
  assert.match(
    (await fails('pipelines:promote', ...to, '--release', 'v1')).replaceAll(/\s+(›\s+)?/g, ' '),
    /no code to promote in v1/,
  )
})

test('code, config or both go back, and what that changes is said first', async () => {
  const served = (await releasesOf('shop')).filter(({ status }) => status === 'succeeded')
  const first = served.toReversed().find(({ description }) => description.startsWith('Promote'))
  const { version: newest } = await currentOf('shop')
  assert.ok(first)
  const to = `v${first.version}`
  const configOf = (): Promise<Record<string, string>> => json('config', '-a', 'shop')
  await sluice('config:set', 'COLOR=blue', '-a', 'shop')
  const planned = await sluice('rollback', to, '-a', 'shop', '--dry-run')
  assert.match(
    planned,
    new RegExp(`^v${newest + 1} → ${to}\nCode +to [0-9a-f]{8}, 3 commits back\n`),
  )
  assert.match(planned, /Config +- ONLY_THERE {3}~ COLOR/)
  assert.match(
    await sluice('rollback', to, '-a', 'shop', '--config'),
    /Code +stays\nConfig +- ONLY_THERE {3}~ COLOR\n/,
  )
  assert.equal((await configOf())['COLOR'], 'red')
  assert.deepEqual(await slugsOf('shop'), await slugsOf(STAGING))
  await sluice('config:set', 'COLOR=green', '-a', 'shop')
  assert.match(await sluice('rollback', to, '-a', 'shop', '--code'), /Config +stays\n/)
  assert.equal((await configOf())['COLOR'], 'green')
  assert.deepEqual(await slugsOf('shop'), [first.slug?.id])
  await heroku('rollback', to, '-a', 'shop')
  assert.equal((await configOf())['COLOR'], 'red')
})

test('a release that crashes soon after is rolled back by itself', async () => {
  await sluice('pipelines:policy', ...PRODUCTION, '--auto-rollback', '30')
  const before = await slugsOf('shop')
  await push('It crashes', { Procfile: `worker: exec sleep ${WORKING}\n` })
  assert.match(await sluice('pipelines:promote', '-a', STAGING, '--to', 'shop'), /shop: succeeded/)
  await endSleeper(WORKING)
  await until(async () => (await slugsOf('shop'))[0] === before[0], SOON)
  assert.match((await currentOf('shop')).description, /^Rollback to v\d+$/)
  assert.match(await sluice('audit', ...TEAM, '--json'), /worker\.\d of v\d+ crashed/)
})

test('whoever may approve is asked by hook and mail', async () => {
  await sluice('pipelines:policy', ...PRODUCTION, '--approvals', '1')
  await sluice('pipelines:approvals:request', '-a', STAGING, '--to', 'shop')
  await untilTold('approval.requested', /shop-staging/)
  const asked = await untilMailed('ada@example.com', /pipelines:approve [0-9a-f-]{36}/)
  const id = /pipelines:approve ([0-9a-f-]{36})/.exec(asked)?.[1] ?? ''
  said(await ada.sluice('pipelines:approve', id, ...PIPELINE))
  await untilTold('approval.given', /shop/)
  assert.ok(!mailsTo('vic@example.com').some((raw) => raw.includes('pipelines:approve')))
})
