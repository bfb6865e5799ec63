import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** A stage with rules, through the CLI: approval, freeze, override, record, and the way back. */
type Person = Pick<TestPlatform, 'sluice' | 'heroku'>

let platform: TestPlatform
let ada: Person
let dir: string

before(async () => {
  platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
  ada = await platform.aPerson('ada@example.com')
})
after(() => platform?.stop())

const said = (result: Awaited<ReturnType<Person['sluice']>>): string => {
  const { stdout, stderr } = assertSucceeds(result)
  return stdout + stderr
}
const sluice = async (...args: string[]): Promise<string> => said(await platform.sluice(...args))
const refused = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await platform.sluice(...args)
  assert.notEqual(code, 0, stdout)
  return (stdout + stderr).replaceAll(/\s+(›\s+)?/g, ' ')
}
const push = async (version: string, app: string) => {
  await writeFile(`${dir}/version`, version)
  await platform.commit(dir, `Version ${version}`)
  return platform.git(dir, 'push', `https://localhost:${platform.port}/${app}.git`, 'main')
}
const ON = ['-p', 'shop', '-s', 'production']

test('a team’s pipeline with staging and production', async () => {
  await sluice('teams:create', 'acme')
  const invited = await sluice('members:add', 'ada@example.com', '-r', 'member', '-t', 'acme')
  const link = /http:\S+\/team-invitations\/[0-9a-f]{64}/.exec(invited)?.[0] ?? ''
  said(await ada.sluice('teams:join', link))
  const buildpack = await platform.aRepository('buildpack', {
    files: {
      'bin/detect': '#!/bin/sh\necho Plain\n',
      'bin/compile': '#!/bin/sh\nexit 0\n',
      'bin/release': '#!/bin/sh\necho "--- {}"\n',
    },
  })
  dir = await platform.aRepository('shop', { files: { Procfile: 'worker: sleep 1000\n' } })
  for (const app of ['shop-staging', 'shop']) {
    await sluice('apps:create', app, '--no-remote', '-t', 'acme')
    await sluice('buildpacks:set', `file://${buildpack}`, '-a', app)
  }
  const create = ['pipelines:create', 'shop', '-a', 'shop-staging', '-s', 'staging', '-t', 'acme']
  await sluice(...create)
  await sluice('pipelines:add', 'shop', '-a', 'shop', '-s', 'production')
  const remote = `https://localhost:${platform.port}/shop-staging.git`
  assertSucceeds(await platform.git(dir, 'push', remote, 'main'))
})

test('with a policy of one approval a promotion is refused until somebody else approves', async () => {
  assert.match(await sluice('pipelines:policy', ...ON, '--approvals', '1'), /Approvals: +1,/)
  assert.match(
    await sluice('pipelines:plan', '-a', 'shop-staging'),
    /Policy +✗ needs 1 approval \(have 0\)/,
  )
  assert.match(
    await refused('pipelines:promote', '-a', 'shop-staging'),
    /shop needs 1 approval of sha256:\w+… and has 0/,
  )
  const ask = async (): Promise<string> => {
    const why = ['--reason', 'Mends the checkout', '--json']
    const asked = await sluice('pipelines:approvals:request', '-a', 'shop-staging', ...why)
    return /"id": "([0-9a-f-]{36})"/.exec(asked)?.[1] ?? ''
  }
  const no = ['-p', 'shop', '--reason', 'Not today']
  assert.match(
    said(await ada.sluice('pipelines:approvals:refuse', await ask(), ...no)),
    /Refusing\.\.\. done, refused/,
  )
  assert.match(await sluice('pipelines:approvals', '-p', 'shop'), /shop +refused +.*Not today/)
  const id = await ask()
  assert.match(await refused('pipelines:approve', id, '-p', 'shop'), /somebody else has to give it/)
  assert.match(
    said(await ada.sluice('pipelines:approve', id, '-p', 'shop')),
    /Approving\.\.\. done, 1 of 1 for shop/,
  )
  assert.match(await sluice('pipelines:approvals', '-p', 'shop'), /shop +approved +1 of 1/)
  const promoted = await sluice('pipelines:promote', '-a', 'shop-staging')
  assert.match(promoted, /shop: Every router has followed \(\d+ ms\)/)
  assert.match(promoted, /Promotion finished\s+shop: succeeded/)
})

test('a push straight to the app is refused before it is built', async () => {
  const pushed = await push('two', 'shop')
  assert.notEqual(pushed.code, 0)
  assert.match(pushed.stderr, /cannot be approved before it is built/)
  assert.doesNotMatch(pushed.stderr, /Building source/)
})

test('a freeze refuses pushes and config too, until it is overridden with a reason', async () => {
  await sluice('pipelines:policy', ...ON, '--approvals', '0')
  const year = new Date().getFullYear()
  const range = ['--from', `${year - 1}-01-01`, '--until', `${year + 2}-01-01`, '--zone', 'UTC']
  assert.match(
    await sluice('pipelines:freezes:add', ...ON, ...range, '--reason', 'Holidays'),
    /frozen now/,
  )
  const pushed = await push('three', 'shop')
  assert.notEqual(pushed.code, 0)
  assert.match(pushed.stderr, /frozen until .* UTC \(Holidays\)/)
  assert.match(await refused('config:set', 'A=1', '-a', 'shop'), /frozen until/)
  assert.match(await refused('rollback', 'v2', '-a', 'shop'), /frozen until/)
  await sluice('pipelines:freezes:override', ...ON, '--reason', 'The shop is down')
  assertSucceeds(await push('four', 'shop'))
  assert.match(await sluice('audit', '--json', '-t', 'acme'), /The shop is down/)
})

test('a rollback says first what it will do, and the record of a promotion proves what was', async () => {
  const [, id = ''] =
    /^ ([0-9a-f-]{36}) /m.exec(await sluice('pipelines:promotions', '-p', 'shop')) ?? []
  const record = await sluice('pipelines:promotions', id)
  assert.match(record, /approved: +ada@example\.com/)
  assert.match(record, /slug: +sha256:[0-9a-f]{64}/)
  const planned = await sluice('rollback', 'v2', '-a', 'shop', '--code', '--dry-run')
  assert.match(planned, /v3 → v2\nCode +to [0-9a-f]{8}, \d commits? back\nConfig +stays/)
  const back = await sluice('rollback', 'v2', '-a', 'shop', '--code')
  assert.match(back, /Rolling back ⬢ shop to v2\.\.\. done, v4/)
})
