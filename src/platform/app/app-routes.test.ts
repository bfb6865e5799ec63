import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, actor } = platform

type Listed = { id: string; name: string }[]
const namesOf = (apps: Listed): string[] => apps.map(({ name }) => name)

test('an app is shown with its owner, address and sizes', async () => {
  const { id, name } = await anApp(platform)
  await aServingRelease(platform, { id }, { web: 'serve' })
  const app = (await call('GET', `/apps/${name}`)).json()
  assert.equal(app.id, id)
  assert.deepEqual(app.owner, { id: actor.accountId, email: actor.name })
  assert.equal(app.team, null)
  assert.equal(app.web_url, `http://${name}.localhost:8080/`)
  assert.equal(app.git_url, `https://localhost:5000/${name}.git`)
  assert.equal(app.slug_size, 1234)
  assert.equal(app.create_status, 'complete')
  assert.equal(app.stack.name, 'heroku-24')
  assert.deepEqual((await call('GET', `/apps/${id}`)).json(), app)
})

test("a team's app names the team, and an owner that the CLI knows as one", async () => {
  const team = await aTeam(platform, [])
  const { name } = await anApp(platform, { team: team.name })
  const app = (await call('GET', `/teams/apps/${name}`)).json()
  assert.equal(app.team.name, team.name)
  assert.equal(app.owner.email, `${team.name}@herokumanager.com`)
})

test('lists show own apps, those of teams, and those of others to nobody', async () => {
  const { people, name: team } = await aTeam(platform, ['member', 'viewer', 'collaborator'])
  const shared = await anApp(platform, { team })
  const mine = await anApp(platform)
  const list = async (path: string, token?: string): Promise<string[]> =>
    namesOf((await call('GET', path, undefined, token ? { token } : {})).json())
  assert.ok((await list('/apps')).includes(shared.name))
  assert.ok((await list('/users/~/apps')).includes(mine.name))
  assert.ok(!(await list('/users/~/apps')).includes(shared.name))
  assert.deepEqual(await list(`/teams/${team}/apps`), [shared.name])
  assert.deepEqual(await list('/apps', people.member.token), [shared.name])
  assert.deepEqual(await list('/apps', people.viewer.token), [shared.name])
  assert.deepEqual(await list('/apps', people.collaborator.token), [])
  const other = await call('GET', `/users/${actor.name}/apps`, undefined, people.member)
  assert.equal(other.statusCode, 404)
})

test('long lists come in pages, by name or by id', async () => {
  const { name: team } = await aTeam(platform, [])
  for (const name of ['c', 'a', 'b'].map((letter) => `${letter}${aName()}`))
    await anApp(platform, { team, name })
  for (const property of ['name', 'id']) {
    const seen: string[] = []
    let range = `${property} ..; max=2`
    for (let pages = 0; pages < 5; pages++) {
      const page = await call('GET', `/teams/${team}/apps`, undefined, { headers: { range } })
      seen.push(...namesOf(page.json()))
      if (page.statusCode === 200) break
      assert.equal(page.statusCode, 206)
      range = String(page.headers['next-range'])
    }
    assert.equal(new Set(seen).size, 3, property)
    if (property === 'name') assert.deepEqual(seen, seen.toSorted())
  }
  for (const range of ['version ..', 'id x..y', 'nonsense', 'name ..; most=2'])
    assert.equal(
      (await call('GET', '/apps', undefined, { headers: { range } })).statusCode,
      416,
      range,
    )
  const descending = await call('GET', `/teams/${team}/apps`, undefined, {
    headers: { range: 'name ..; order=desc,max=1' },
  })
  assert.match(descending.json()[0].name, /^c/)
})

test('POST /filters/apps finds by id and by name what the caller may see', async () => {
  const [one, two] = [await anApp(platform), await anApp(platform)]
  const stranger = await platform.aPerson()
  const theirs = await anApp(platform, { token: stranger.token })
  const filter = async (body: unknown): Promise<string[]> =>
    namesOf((await call('POST', '/filters/apps', body)).json()).sort()
  const ids = [one.id, two.id, theirs.id, 'no-id']
  assert.deepEqual(await filter({ in: { id: ids } }), [one.name, two.name].sort())
  assert.deepEqual(await filter({ in: { name: [two.name, theirs.name] } }), [two.name])
  assert.deepEqual(await filter({ in: { id: [one.id], name: [two.name] } }), [])
  assert.deepEqual(await filter({ in: {} }), [])
  assert.equal((await call('POST', '/filters/apps', {})).statusCode, 422)
  const tooMany = { in: { id: Array.from({ length: 1001 }, () => one.id) } }
  assert.equal((await call('POST', '/filters/apps', tooMany)).statusCode, 422)
})

test('what one may not see is not found, whatever its name', async () => {
  const { name, id } = await anApp(platform)
  const stranger = await platform.aPerson()
  for (const ref of [name, id, aName(), '%00', '..%2f..', 'a'.repeat(400), "x'or'1"]) {
    const found = await call('GET', `/apps/${ref}`, undefined, { token: stranger.token })
    assert.ok([400, 404].includes(found.statusCode), `${ref} ${found.statusCode}`)
  }
  const missing = await call('GET', `/apps/${name}`, undefined, { token: stranger.token })
  assert.deepEqual(missing.json(), {
    id: 'not_found',
    message: "Couldn't find that app.",
    resource: 'app',
  })
})

test('collaborators are those of the team who may see the app', async () => {
  const { name: team, people } = await aTeam(platform, ['viewer', 'collaborator'])
  const { name } = await anApp(platform, { team })
  const list = (await call('GET', `/apps/${name}/collaborators`)).json()
  const roles = Object.fromEntries(
    list.map((one: { user: { email: string }; role: string }) => [one.user.email, one.role]),
  )
  assert.deepEqual(roles, { [actor.name]: 'owner', [people.viewer.email]: 'viewer' })
  const own = (await call('GET', `/apps/${(await anApp(platform)).name}/collaborators`)).json()
  assert.equal(own.length, 1)
  assert.equal(own[0].permissions.length, 4)
})

test('features, stacks and regions are what there is', async () => {
  const { name } = await anApp(platform)
  const features = (await call('GET', `/apps/${name}/features`)).json<{ name: string }[]>()
  assert.ok(!features.some((feature) => feature.name === 'preboot'))
  for (const method of ['GET', 'PATCH'] as const)
    assert.equal(
      (await call(method, `/apps/${name}/features/preboot`, { enabled: true })).statusCode,
      404,
    )
  const stacks = (await call('GET', '/stacks')).json()
  assert.ok(stacks.some((stack: { name: string; default: boolean }) => stack.default))
  assert.equal((await call('GET', `/stacks/${stacks[0].id}`)).json().name, stacks[0].name)
  assert.equal((await call('GET', '/stacks/cedar')).statusCode, 404)
  assert.equal((await call('GET', '/regions')).json()[0].name, 'us')
  assert.equal((await call('GET', '/regions/us')).statusCode, 200)
  assert.equal((await call('GET', '/regions/mars')).statusCode, 404)
})
