import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** Whose a pipeline is and who may do what in it, with the official CLI and with ours. */
let platform: TestPlatform

before(async () => {
  platform = await startPlatform()
})
after(() => platform?.stop())

const heroku = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.heroku(...args))
  return stdout + stderr
}
const sluice = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.sluice(...args))
  return stdout + stderr
}

test('heroku pipelines:create -t makes a pipeline of the team', async () => {
  const token = (await sluice('auth:token')).trim()
  const created = await fetch(`http://localhost:${platform.port}/teams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bakers' }),
  })
  assert.equal(created.status, 201, await created.text())
  await heroku('apps:create', 'bread-staging', '--no-remote', '-t', 'bakers')
  await heroku('apps:create', 'bread', '--no-remote')
  await heroku('pipelines:create', 'bread', '-a', 'bread-staging', '-s', 'staging', '-t', 'bakers')
  await heroku('pipelines:add', 'bread', '-a', 'bread', '-s', 'production')
  const info = await heroku('pipelines:info', 'bread', '--with-owners')
  assert.match(info, /owner: bakers \(team\)/)
  assert.match(info, /Some apps in this pipeline do not belong to bakers/)
  const ours = await sluice('pipelines:info', 'bread')
  assert.match(ours, /owner: bakers \(team\)/)
  assert.match(ours, /⬢ bread +production +has another owner/)
  assert.doesNotMatch(ours, /bread-staging.*another/)
})

test('heroku pipelines:transfer gives it to a member and back to the team', async () => {
  const toMember = ['operator@localhost', '-p', 'bread', '--confirm', 'bread']
  assert.match(
    await heroku('pipelines:transfer', ...toMember),
    /Transferring .*bread pipeline to the operator@localhost account\.\.\. done/,
  )
  assert.match(await heroku('pipelines:info', 'bread'), /owner: operator@localhost/)
  const again = await platform.heroku('pipelines:transfer', ...toMember)
  assert.notEqual(again.code, 0)
  assert.match(again.stderr, /never to a\s+(›\s+)?person/)
  await heroku('pipelines:transfer', 'bakers', '-p', 'bread', '--confirm', 'bread')
  assert.match(await heroku('pipelines:info', 'bread'), /owner: bakers \(team\)/)
  assert.match(await heroku('apps:info', '-a', 'bread'), /Owner: +operator@localhost/)
})

test('sluice pipelines:transfer does the same and asks first', async () => {
  const unsure = await platform.sluice('pipelines:transfer', 'operator@localhost', '-p', 'bread')
  assert.notEqual(unsure.code, 0)
  assert.match(unsure.stderr, /--confirm bread/)
  await sluice('pipelines:transfer', 'operator@localhost', '-p', 'bread', '--confirm', 'bread')
  assert.match(await sluice('pipelines:info', 'bread'), /owner: operator@localhost/)
  const personal = await platform.sluice('pipelines:access:auto-join', 'on', '-p', 'bread')
  assert.notEqual(personal.code, 0)
  assert.match(personal.stderr, /personal pipeline/)
  await sluice('pipelines:transfer', 'bakers', '-p', 'bread', '--confirm', 'bread')
  const nobody = await platform.sluice('pipelines:transfer', 'nobody', '-p', 'bread', '-c', 'bread')
  assert.match(nobody.stderr, /Cannot find a team or person nobody/)
})

test('a team’s pipeline goes to its members only, never to another team, nor to who may only look', async () => {
  const refused = async (owner: string): Promise<string> => {
    const { code, stderr } = await platform.sluice(
      ...['pipelines:transfer', owner, '-p', 'bread', '--confirm', 'bread'],
    )
    assert.notEqual(code, 0)
    return stderr.replaceAll(/\s+(›\s+)?/g, ' ')
  }
  await sluice('teams:create', 'millers')
  assert.match(
    await refused('millers'),
    /belongs to the team bakers\. It can be transferred to one/,
  )
  await platform.aPerson('eve@example.com')
  assert.match(await refused('eve@example.com'), /Cannot find a team or person eve@example\.com/)
  assert.match(await sluice('pipelines:info', 'bread'), /owner: bakers \(team\)/)
})

test('one action gives every app of another owner to the pipeline’s own', async () => {
  await heroku('apps:create', 'bread-eu', '--no-remote')
  await heroku('pipelines:add', 'bread', '-a', 'bread-eu', '-s', 'production')
  const given = await sluice('pipelines:transfer:apps', '-p', 'bread')
  for (const app of ['bread', 'bread-eu'])
    assert.ok(given.includes(`Transferring ⬢ ${app} to bakers (team)... done\n`), given)
  assert.doesNotMatch(given, /bread-staging/)
  assert.doesNotMatch(await sluice('pipelines:info', 'bread'), /has another owner/)
  assert.match(await heroku('apps:info', '-a', 'bread-eu'), /Owner: +bakers/)
  assert.match(
    await sluice('pipelines:transfer:apps', '-p', 'bread'),
    /Every app of bread belongs to bakers \(team\)/,
  )
})

test('sluice pipelines:access shows and changes who gets what', async () => {
  assert.match(await sluice('pipelines:access', 'bread'), /join: +with view, deploy, operate/)
  await sluice('pipelines:access:auto-join', 'on', '-p', 'bread', '-m', 'manage')
  assert.match(await sluice('pipelines:access', 'bread'), /join: +with view, manage/)
  await sluice('pipelines:access:auto-join', 'off', '-p', 'bread')
  await sluice('pipelines:access:production', 'deployers', '-p', 'bread')
  await sluice('pipelines:access:add', 'operator@localhost', '-p', 'bread')
  const shown = await sluice('pipelines:access', 'bread')
  assert.match(shown, /join: +no/)
  assert.match(shown, /production: +all with deploy/)
  assert.match(shown, /operator@localhost +view, deploy, operate/)
  await sluice('pipelines:access:update', 'operator@localhost', '-p', 'bread', '-m', 'manage')
  assert.match(await sluice('pipelines:access', 'bread'), /operator@localhost +view, manage/)
  await sluice('pipelines:access:remove', 'operator@localhost', '-p', 'bread')
  assert.doesNotMatch(await sluice('pipelines:access', 'bread'), /added by hand/)
  const unknown = await platform.sluice(
    ...['pipelines:access:auto-join', 'on', '-p', 'bread', '-m', 'root'],
  )
  assert.notEqual(unknown.code, 0)
  assert.match(unknown.stderr, /There is no permission 'root'/)
})
