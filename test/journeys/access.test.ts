import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** Teams, access and transfers with the official CLI, unmodified, and with ours: each command with what it prints. */
type Person = Pick<TestPlatform, 'sluice' | 'heroku'>

let platform: TestPlatform
let ada: Person
let grace: Person

before(async () => {
  platform = await startPlatform()
  ada = await platform.aPerson('ada@example.com')
  grace = await platform.aPerson('grace@example.com')
})
after(() => platform?.stop())

const said = (result: Awaited<ReturnType<Person['heroku']>>): string => {
  const { stdout, stderr } = assertSucceeds(result)
  return stdout + stderr
}
const heroku = async (...args: string[]): Promise<string> => said(await platform.heroku(...args))
const sluice = async (...args: string[]): Promise<string> => said(await platform.sluice(...args))

const refused = async (person: Person, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await person.heroku(...args)
  assert.notEqual(code, 0, stdout)
  return stdout + stderr
}

test('teams and members:add: an invitation, its link, and who accepts it', async () => {
  assert.match(await sluice('teams:create', 'acme'), /Creating team acme\.\.\. done/)
  assert.match(await heroku('teams'), /acme\s+owner/)
  assert.match(await heroku('orgs'), /acme\s+owner/)
  const added = await heroku('members:add', 'ada@example.com', '--role', 'member', '--team', 'acme')
  assert.match(added, /Inviting ada@example\.com to acme as member\.\.\. done/)
  assert.match(await heroku('members', '--team', 'acme'), /ada@example\.com\s+member\s+pending/)
  assert.match(
    await heroku('members:remove', 'ada@example.com', '--team', 'acme'),
    /Revoking invite for ada@example\.com in acme\.\.\. done/,
  )
  const invited = await sluice('members:add', 'ada@example.com', '-r', 'member', '-t', 'acme')
  const link = /http:\S+\/team-invitations\/[0-9a-f]{64}/.exec(invited)?.[0] ?? ''
  assert.notEqual((await grace.sluice('teams:join', link)).code, 0)
  assert.match(said(await ada.sluice('teams:join', link)), /Joining acme as member\.\.\. done/)
  assert.match(said(await ada.heroku('teams')), /acme\s+member/)
  const members = await heroku('members', '--team', 'acme')
  assert.match(members, /ada@example\.com\s+member[\s\S]*operator@localhost\s+owner/)
  assert.doesNotMatch(members, /pending/)
})

test('members:set changes a role, and the last owner stays one', async () => {
  assert.match(
    await heroku('members:set', 'ada@example.com', '--role', 'viewer', '--team', 'acme'),
    /Adding ada@example\.com to acme as viewer\.\.\. done/,
  )
  assert.match(await heroku('members', '-t', 'acme', '--role', 'viewer'), /ada@example\.com/)
  assert.match(
    await refused(platform, 'members:set', 'operator@localhost', '-r', 'member', '-t', 'acme'),
    /only owner of the team/,
  )
  await heroku('members:set', 'ada@example.com', '--role', 'member', '--team', 'acme')
})

test('access shows who may do what on an app of a team; add, update and remove change it', async () => {
  await heroku('apps:create', 'acme-shop', '--team', 'acme', '--no-remote')
  const shown = await heroku('access', '-a', 'acme-shop')
  assert.match(shown, /ada@example\.com\s+member\s+deploy, operate, view/)
  assert.match(shown, /operator@localhost\s+owner\s+deploy, manage, operate, view/)
  assert.match(await refused(grace, 'apps:info', '-a', 'acme-shop'), /Couldn't find that app/)
  assert.match(
    await heroku('access:add', 'grace@example.com', '-a', 'acme-shop', '-p', 'deploy'),
    /Adding grace@example\.com access to the app .*acme-shop with deploy, view permissions\.\.\. done/,
  )
  assert.match(said(await grace.heroku('apps:info', '-a', 'acme-shop')), /=== acme-shop/)
  assert.match(said(await grace.heroku('access', '-a', 'acme-shop')), /grace@example\.com/)
  assert.match(
    await refused(grace, 'maintenance:on', '-a', 'acme-shop'),
    /You do not have access to the app acme-shop/,
  )
  assert.match(
    await heroku('access:update', 'grace@example.com', '-a', 'acme-shop', '-p', 'operate,deploy'),
    /Updating grace@example\.com in application .*acme-shop with deploy,operate,view permissions\.\.\. done/,
  )
  assert.match(said(await grace.heroku('maintenance:on', '-a', 'acme-shop')), /done/)
  await heroku('maintenance:off', '-a', 'acme-shop')
  assert.match(
    await refused(platform, 'access:update', 'grace@example.com', '-a', 'acme-shop', '-p', 'king'),
    /no permission 'king'/,
  )
  assert.match(
    await heroku('access:remove', 'grace@example.com', '-a', 'acme-shop'),
    /Removing grace@example\.com access from the app .*acme-shop\.\.\. done/,
  )
  assert.match(await refused(grace, 'apps:info', '-a', 'acme-shop'), /Couldn't find that app/)
})

test('access:add on an own app takes no permissions', async () => {
  await heroku('apps:create', 'own-shop', '--no-remote')
  assert.match(
    await heroku('access:add', 'grace@example.com', '-a', 'own-shop'),
    /Adding grace@example\.com access to the app .*own-shop\.\.\. done/,
  )
  const shown = await heroku('access', '-a', 'own-shop')
  assert.match(shown, /grace@example\.com\s+collaborator\s+deploy, operate, view/)
  assert.match(shown, /operator@localhost\s+owner/)
})

test('sluice teams:preferences says what members have, and how pipelines begin', async () => {
  const set = (...args: string[]) => sluice('teams:preferences:set', '-t', 'acme', ...args)
  assert.match(
    await set('-m', 'view', '--auto-join', 'off', '--fixed-permissions', 'deploy'),
    /Setting preferences of acme\.\.\. done/,
  )
  assert.match(await heroku('access', '-a', 'acme-shop'), /ada@example\.com\s+member\s+view\n/)
  const shown = await sluice('teams:preferences', '-t', 'acme')
  assert.match(shown, /Members have on unlocked apps: +view$/m)
  assert.match(shown, /New pipelines begin with auto-join: +off$/m)
  assert.match(shown, /Auto-join gives on review and test apps: +view, deploy, in all pipelines$/m)
  await set('-m', 'deploy,operate', '--auto-join', 'on', '--no-fixed-permissions')
  const again = JSON.parse(await sluice('teams:preferences', '-t', 'acme', '--json'))
  assert.equal(again.auto_join, true)
  assert.equal(again.static_permissions, null)
  assert.match(await heroku('access', '-a', 'acme-shop'), /member\s+deploy, operate, view/)
  assert.notEqual((await ada.sluice('teams:preferences:set', '-t', 'acme', '-m', 'view')).code, 0)
})

test('apps:join, lock, leave and unlock', async () => {
  assert.match(
    said(await ada.heroku('apps:join', '-a', 'acme-shop')),
    /Joining .*acme-shop\.\.\. done/,
  )
  assert.match(await heroku('apps:lock', '-a', 'acme-shop'), /Locking .*acme-shop\.\.\. done/)
  assert.match(await refused(platform, 'apps:lock', '-a', 'acme-shop'), /already locked/)
  assert.match(await heroku('apps', '--team', 'acme'), /acme-shop \[locked\]/)
  assert.match(said(await ada.heroku('apps:info', '-a', 'acme-shop')), /=== acme-shop/)
  assert.match(
    said(await ada.heroku('apps:leave', '-a', 'acme-shop')),
    /Leaving .*acme-shop\.\.\. done/,
  )
  assert.match(await refused(ada, 'apps:info', '-a', 'acme-shop'), /Couldn't find that app/)
  assert.match(await refused(ada, 'apps:join', '-a', 'acme-shop'), /Couldn't find that app/)
  assert.match(await heroku('apps:unlock', '-a', 'acme-shop'), /Unlocking .*acme-shop\.\.\. done/)
  assert.match(await refused(platform, 'apps:unlock', '-a', 'acme-shop'), /not locked/)
  assert.match(said(await ada.heroku('apps:info', '-a', 'acme-shop')), /=== acme-shop/)
})

test('apps:transfer to a team, back to a member, and to a person who accepts', async () => {
  assert.match(
    await heroku('apps:transfer', 'acme', '-a', 'own-shop', '--locked'),
    /Transferring .*own-shop to .*acme\.\.\. done[\s\S]*Locking .*own-shop\.\.\. done/,
  )
  assert.match(await heroku('apps:info', '-a', 'own-shop'), /Owner:\s+acme/)
  assert.match(
    await heroku('apps:transfer', 'ada@example.com', '-a', 'own-shop', '--confirm', 'own-shop'),
    /Transferring .*own-shop to .*ada@example\.com\.\.\. done/,
  )
  assert.match(await refused(platform, 'apps:info', '-a', 'own-shop'), /Couldn't find that app/)
  assert.match(
    said(await ada.heroku('apps:transfer', 'grace@example.com', '-a', 'own-shop')),
    /Initiating transfer of .*own-shop to grace@example\.com\.\.\. email sent/,
  )
  const listed = said(await grace.sluice('apps:transfers'))
  assert.match(listed, /own-shop\s+ada@example\.com\s+grace@example\.com\s+pending/)
  const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(listed)?.[0] ?? ''
  assert.match(said(await grace.sluice('apps:transfers', '--accept', id)), /Accepting\.\.\. done/)
  assert.match(said(await grace.heroku('apps:info', '-a', 'own-shop')), /grace@example\.com/)
})

test('sluice speaks of access in the same words', async () => {
  const commands: [string[], RegExp][] = [
    [
      ['access:add', 'grace@example.com', '-a', 'acme-shop', '-p', 'deploy'],
      /Adding grace@example\.com access to the app ⬢ acme-shop with deploy, view permissions\.\.\. done/,
    ],
    [
      ['access:update', 'grace@example.com', '-a', 'acme-shop', '-p', 'operate'],
      /Updating grace@example\.com in application ⬢ acme-shop with operate,view permissions\.\.\. done/,
    ],
    [['access', '-a', 'acme-shop'], /grace@example\.com\s+collaborator\s+operate, view/],
    [
      ['access:remove', 'grace@example.com', '-a', 'acme-shop'],
      /Removing grace@example\.com access from the app ⬢ acme-shop\.\.\. done/,
    ],
    [['apps:lock', '-a', 'acme-shop'], /Locking ⬢ acme-shop\.\.\. done/],
    [['apps:unlock', '-a', 'acme-shop'], /Unlocking ⬢ acme-shop\.\.\. done/],
    [['apps:join', '-a', 'acme-shop'], /Joining ⬢ acme-shop\.\.\. done/],
    [['apps:leave', '-a', 'acme-shop'], /Leaving ⬢ acme-shop\.\.\. done/],
    [['members', '-t', 'acme'], /ada@example\.com\s+member/],
    [
      ['members:set', 'ada@example.com', '-r', 'admin', '-t', 'acme'],
      /Adding ada@example\.com to acme as admin\.\.\. done/,
    ],
    [
      ['members:remove', 'ada@example.com', '-t', 'acme'],
      /Removing ada@example\.com from acme\.\.\. done/,
    ],
    [['teams'], /acme\s+owner/],
    [['apps:destroy', '-a', 'acme-shop', '--confirm', 'acme-shop'], /done/],
    [['teams:destroy', 'acme', '--confirm', 'acme'], /Destroying team acme\.\.\. done/],
  ]
  for (const [args, words] of commands) assert.match(await sluice(...args), words)
})
