import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName, anApp, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { deleteEmptyPipelines } from './delete-empty-pipelines.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db } = platform.platform

const aPipeline = async (
  body: Record<string, unknown> = {},
  options = {},
): Promise<{ id: string; name: string; delete_at: string | null }> => {
  const created = await call('POST', '/pipelines', { name: aName(), ...body }, options)
  assert.equal(created.statusCode, 201, created.body)
  return created.json()
}

const couple = async (app: string, pipeline: string, stage: string): Promise<{ id: string }> => {
  const coupled = await call('POST', '/pipeline-couplings', { app, pipeline, stage })
  assert.equal(coupled.statusCode, 201, coupled.body)
  return coupled.json()
}

const pipelineOf = async (id: string) => (await call('GET', `/pipelines/${id}`)).json()

const DAY_MS = 24 * 3_600_000
const assertInThirtyDays = (text: string): void =>
  assert.ok(Math.abs(Date.parse(text) - Date.now() - 30 * DAY_MS) < DAY_MS, text)

test('a new pipeline belongs to its maker and is found by id, by name and by the CLI’s filter', async () => {
  const { id, name } = await aPipeline()
  const pipeline = await pipelineOf(id)
  assert.deepEqual(pipeline.owner, { id: actor.accountId, type: 'user' })
  assert.equal(pipeline.generation.name, 'cedar')
  assert.deepEqual(await pipelineOf(name), pipeline)
  assert.deepEqual((await call('GET', `/pipelines?eq[name]=${name}`)).json(), [pipeline])
  assert.deepEqual((await call('GET', '/pipelines?eq[name]=nothing-has-this')).json(), [])
  const all = (await call('GET', '/pipelines')).json<{ id: string }[]>()
  assert.ok(all.some((one) => one.id === id))
})

test('names follow the rule, and one owner has each of them once', async () => {
  for (const name of ['', 'a', 'No', '1st', '-a', 'a-', 'a b', 'x'.repeat(31), 'a;b', 'ä-b'])
    assert.equal((await call('POST', '/pipelines', { name })).statusCode, 422, name)
  for (const name of ['qa', 'x'.repeat(30)]) await aPipeline({ name })
  const again = await call('POST', '/pipelines', { name: 'qa' })
  assert.equal(again.statusCode, 422)
  assert.match(again.json().message, /already taken/)
  const other = await aPipeline()
  assert.equal((await call('PATCH', `/pipelines/${other.id}`, { name: 'qa' })).statusCode, 422)
  const { token } = await platform.aPerson()
  await aPipeline({ name: 'qa' }, { token })
})

test('a rename and a destruction are answered with the pipeline and written down as events', async () => {
  const { id } = await aPipeline()
  const app = await anApp(platform)
  const name = aName()
  const renamed = await call('PATCH', `/pipelines/${id}`, { name })
  assert.equal(renamed.json().name, name)
  await couple(app.name, id, 'production')
  const destroyed = await call('DELETE', `/pipelines/${name}`, { name })
  assert.equal(destroyed.statusCode, 200, destroyed.body)
  assert.equal(destroyed.json().id, id)
  assert.equal((await call('GET', `/pipelines/${id}`)).statusCode, 404)
  assert.equal((await call('GET', `/apps/${app.name}/pipeline-couplings`)).statusCode, 404)
  const events = await db
    .selectFrom('events')
    .select(['resource', 'action', 'actorName'])
    .where('pipelineId', '=', id)
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ resource, action }) => `${action} ${resource}`),
    ['create pipeline', 'update pipeline', 'create pipeline-coupling', 'destroy pipeline'],
  )
  assert.ok(events.every(({ actorName }) => actorName === actor.name))
})

test('a team’s pipeline is made by its members, changed by its admins, seen by its viewers, and not there for others', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer', 'collaborator'])
  const { admin, member, viewer, collaborator } = team.people
  const owner = { id: team.name, type: 'team' }
  const { id } = await aPipeline({ owner }, member)
  assert.equal((await pipelineOf(id)).owner.type, 'team')
  const statusFor = async (token: string, method: 'GET' | 'PATCH' = 'GET') =>
    (await call(method, `/pipelines/${id}`, { name: aName() }, { token })).statusCode
  assert.equal(await statusFor(viewer.token), 200)
  for (const { token } of [viewer, member]) {
    assert.equal(await statusFor(token, 'PATCH'), 403)
    assert.equal((await call('DELETE', `/pipelines/${id}`, {}, { token })).statusCode, 403)
  }
  assert.equal(await statusFor(admin.token, 'PATCH'), 200)
  assert.equal(await statusFor(collaborator.token), 404)
  const stranger = await platform.aPerson()
  assert.equal(await statusFor(stranger.token), 404)
  assert.equal(await statusFor(stranger.token, 'PATCH'), 404)
  assert.equal((await call('DELETE', `/pipelines/${id}`, {}, stranger)).statusCode, 404)
  assert.deepEqual((await call('GET', '/pipelines', undefined, stranger)).json(), [])
  const asViewer = await call('POST', '/pipelines', { name: aName(), owner }, viewer)
  assert.equal(asViewer.statusCode, 403)
  const asStranger = await call('POST', '/pipelines', { name: aName(), owner }, stranger)
  assert.equal(asStranger.statusCode, 404)
  const forAnother = { name: aName(), owner: { id: actor.accountId, type: 'user' } }
  assert.equal((await call('POST', '/pipelines', forAnother, stranger)).statusCode, 403)
})

test('whoever may see an app of a pipeline sees the pipeline, but not the apps of others in it', async () => {
  const team = await aTeam(platform, ['viewer', 'member'])
  const { viewer, member } = team.people
  const shared = await anApp(platform, { team: team.name })
  const secret = await anApp(platform)
  const { id, name } = await aPipeline()
  await couple(shared.name, id, 'staging')
  await couple(secret.name, id, 'production')
  const seen = await call('GET', `/pipelines/${name}/pipeline-couplings`, undefined, viewer)
  assert.deepEqual(
    seen.json().map((one: { app: { id: string } }) => one.app.id),
    [shared.id],
  )
  assert.equal((await call('GET', `/pipelines/${name}/pipeline-couplings`)).json().length, 2)
  const rename = await call('PATCH', `/pipelines/${id}`, { name: aName() }, member)
  assert.equal(rename.statusCode, 403)
})

test('an app is in one stage of one pipeline, and can be moved and taken out', async () => {
  const app = await anApp(platform)
  const { id, name } = await aPipeline()
  const none = await call('GET', `/apps/${app.name}/pipeline-couplings`)
  assert.equal(none.statusCode, 404)
  const coupling = await couple(app.name, id, 'staging')
  const own = (await call('GET', `/apps/${app.name}/pipeline-couplings`)).json()
  assert.deepEqual(own.pipeline, { id, name })
  assert.deepEqual(own.app, { id: app.id })
  assert.equal(own.stage, 'staging')
  const again = {
    app: { id: app.id },
    pipeline: { name: (await aPipeline()).name },
    stage: 'staging',
  }
  const refused = await call('POST', '/pipeline-couplings', again)
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /App is already coupled/)
  const path = `/pipeline-couplings/${coupling.id}`
  const moved = await call('PATCH', path, { stage: 'production' })
  assert.equal(moved.json().stage, 'production')
  assert.deepEqual((await call('GET', path)).json(), moved.json())
  for (const list of ['/pipeline-couplings', '/users/~/pipeline-couplings'])
    assert.ok(
      (await call('GET', list)).json().some((one: { id: string }) => one.id === coupling.id),
    )
  assert.equal((await call('PATCH', path, { stage: 'moon' })).statusCode, 422)
  assert.equal((await call('DELETE', path)).statusCode, 200)
  assert.equal((await call('GET', path)).statusCode, 404)
  assert.equal((await call('DELETE', path)).statusCode, 404)
})

test('coupling takes deploy on the app and a place in the pipeline', async () => {
  const team = await aTeam(platform, ['viewer', 'member'])
  const { viewer, member } = team.people
  const app = await anApp(platform, { team: team.name })
  const mine = await aPipeline()
  const theirs = await aPipeline({ owner: { id: team.name, type: 'team' } })
  const body = (pipeline: string) => ({ app: app.name, pipeline, stage: 'staging' })
  const status = async (pipeline: string, token: string) =>
    (await call('POST', '/pipeline-couplings', body(pipeline), { token })).statusCode
  assert.equal(await status(theirs.id, viewer.token), 403)
  assert.equal(await status(mine.id, member.token), 404)
  assert.equal(await status(theirs.id, (await platform.aPerson()).token), 404)
  const viewersOwn = await anApp(platform, { token: viewer.token })
  const crashing = { app: viewersOwn.name, pipeline: theirs.id, stage: 'staging' }
  assert.equal((await call('POST', '/pipeline-couplings', crashing, viewer)).statusCode, 403)
  assert.equal(await status(theirs.id, member.token), 201)
  const coupling = (await call('GET', `/apps/${app.name}/pipeline-couplings`)).json()
  const path = `/pipeline-couplings/${coupling.id}`
  assert.equal((await call('DELETE', path, undefined, viewer)).statusCode, 403)
  assert.equal((await call('GET', path, undefined, await platform.aPerson())).statusCode, 404)
  assert.equal((await call('DELETE', path, undefined, member)).statusCode, 200)
})

test('what holds a locked app is neither looked up nor changed by members who do not see that app', async () => {
  const team = await aTeam(platform, ['member', 'admin'])
  const { member, admin } = team.people
  const app = await anApp(platform, { team: team.name })
  const { id } = await aPipeline({ owner: { id: team.name, type: 'team' } })
  const path = `/pipeline-couplings/${(await couple(app.name, id, 'staging')).id}`
  await call('PATCH', `/teams/apps/${app.name}`, { locked: true })
  assert.equal((await call('GET', path, undefined, member)).statusCode, 404)
  assert.equal((await call('PATCH', path, { stage: 'production' }, member)).statusCode, 404)
  assert.equal((await call('DELETE', path, undefined, member)).statusCode, 404)
  await call('POST', `/teams/apps/${app.name}/collaborators`, {
    user: member.email,
    permissions: ['operate'],
  })
  assert.equal((await call('GET', path, undefined, member)).statusCode, 200)
  assert.equal((await call('DELETE', path, undefined, member)).statusCode, 403)
  assert.equal((await call('DELETE', path, undefined, admin)).statusCode, 200)
})

test('an app coupled to two pipelines at once ends in one of them', async () => {
  const app = await anApp(platform)
  const pipelines = await Promise.all([aPipeline(), aPipeline()])
  const answers = await Promise.all(
    pipelines.map(({ id }) =>
      call('POST', '/pipeline-couplings', { app: app.id, pipeline: id, stage: 'staging' }),
    ),
  )
  assert.deepEqual(answers.map(({ statusCode }) => String(statusCode)).toSorted(), ['201', '422'])
})

test('a pipeline without apps says when it goes, and an app cancels that', async () => {
  const { id } = await aPipeline()
  assertInThirtyDays((await pipelineOf(id)).delete_at)
  const [one, two] = await Promise.all([anApp(platform), anApp(platform)])
  const couplings = [
    await couple(one.name, id, 'staging'),
    await couple(two.name, id, 'production'),
  ]
  assert.equal((await pipelineOf(id)).delete_at, null)
  await Promise.all(
    couplings.map((coupling) => call('DELETE', `/pipeline-couplings/${coupling.id}`)),
  )
  assertInThirtyDays((await pipelineOf(id)).delete_at)
  await couple(one.name, id, 'staging')
  assert.equal((await pipelineOf(id)).delete_at, null)
  assert.equal((await call('DELETE', `/apps/${one.name}`)).statusCode, 200)
  assertInThirtyDays((await pipelineOf(id)).delete_at)
})

test('the nightly job deletes pipelines past their date, but none that gets an app at that moment', async () => {
  const [old, young, lucky] = await Promise.all([aPipeline(), aPipeline(), aPipeline()])
  await db
    .updateTable('pipelines')
    .set({ deleteAt: new Date(Date.now() - 1000) })
    .where('id', 'in', [old.id, lucky.id])
    .execute()
  const app = await anApp(platform)
  const [coupled] = await Promise.all([
    call('POST', '/pipeline-couplings', { app: app.id, pipeline: lucky.id, stage: 'staging' }),
    deleteEmptyPipelines({ db }),
  ])
  await deleteEmptyPipelines({ db })
  assert.equal((await call('GET', `/pipelines/${old.id}`)).statusCode, 404)
  assert.equal((await call('GET', `/pipelines/${young.id}`)).statusCode, 200)
  const isKept = (await call('GET', `/pipelines/${lucky.id}`)).statusCode === 200
  assert.equal(isKept, coupled.statusCode === 201, coupled.body)
  const event = await db
    .selectFrom('events')
    .select(['action', 'actorName'])
    .where('pipelineId', '=', old.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  assert.deepEqual(event, { action: 'destroy', actorName: 'empty pipelines' })
})

test('of several pipelines with a name one is found by its id only', async () => {
  const team = await aTeam(platform, [])
  const name = aName()
  const mine = await aPipeline({ name })
  const ours = await aPipeline({ name, owner: { id: team.name, type: 'team' } })
  const ambiguous = await call('GET', `/pipelines/${name}`)
  assert.equal(ambiguous.statusCode, 422)
  assert.equal(ambiguous.json().id, 'multiple_matches')
  const both = (await call('GET', `/pipelines?eq[name]=${name}`)).json<{ id: string }[]>()
  assert.deepEqual(both.map(({ id }) => id).toSorted(), [mine.id, ours.id].toSorted())
})

test('whatever is done to a pipeline and its apps at once, nobody waits for ever and nothing is half done', async () => {
  for (let round = 0; round < 5; round++) {
    const { id } = await aPipeline()
    const apps = await Promise.all(Array.from({ length: 5 }, () => anApp(platform)))
    const [one, two, three, four, five] = apps
    assert.ok(one && two && three && four && five)
    const couplings = await Promise.all(
      [one, two, three].map((app) => couple(app.name, id, 'staging')),
    )
    const [first, second] = couplings
    const add = (app: { id: string }) =>
      call('POST', '/pipeline-couplings', { app: app.id, pipeline: id, stage: 'production' })
    const answers = await Promise.all([
      call('DELETE', `/pipeline-couplings/${first?.id}`),
      call('PATCH', `/pipeline-couplings/${second?.id}`, { stage: 'production' }),
      call('DELETE', `/apps/${two.id}`),
      add(four),
      round % 2 ? call('DELETE', `/pipelines/${id}`) : call('DELETE', `/apps/${three.id}`),
      add(five),
      call('PATCH', `/pipelines/${id}`, { name: aName() }),
    ])
    for (const { statusCode, body } of answers)
      assert.ok([200, 201, 404].includes(statusCode), `${statusCode} ${body}`)
    const left = await db
      .selectFrom('pipelineCouplings')
      .innerJoin('apps', 'apps.id', 'pipelineCouplings.appId')
      .select('apps.destroyedAt')
      .where('pipelineCouplings.pipelineId', '=', id)
      .execute()
    assert.ok(left.every(({ destroyedAt }) => destroyedAt === null))
    if (round % 2) assert.equal(left.length, 0)
  }
})

test('text that no database holds is refused, not an error of ours', async () => {
  for (const path of [
    '/pipelines/%00',
    '/pipelines?eq[name]=a%00',
    '/addons/x%00',
    '/apps/%00/addons',
  ])
    assert.equal((await call('GET', path)).statusCode, 400, path)
})
