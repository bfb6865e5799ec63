import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aServingRelease, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { anAppIn, aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { LONGEST_SECONDS, MOST_DEPLOY_TOKENS } from './deploy-token.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

type Made = { id: string; token: string; expires_at: string }
const make = async (
  at: string,
  { token, ...body }: { token?: string; expires_in?: number } = {},
) => {
  const made = await call('POST', `${at}/deploy-tokens`, body, token ? { token } : {})
  assert.equal(made.statusCode, 201, made.body)
  return made.json<Made>()
}
const statusOf = async (
  token: string,
  ...[method, path, body]: Parameters<typeof call>
): Promise<number> => (await call(method, path, body, { token })).statusCode

const anAppWithCode = async (options: { team?: string } = {}) => {
  const app = await anApp(platform, options)
  await aServingRelease(platform, app, { web: 'serve' })
  return app
}

test('a deploy token of an app deploys it and does nothing else', async () => {
  const app = await anAppWithCode()
  const other = await anAppWithCode()
  const { token } = await make(`/apps/${app.name}`, {})
  const may: Parameters<typeof call>[] = [
    ['GET', '/account'],
    ['GET', `/apps/${app.name}`],
    ['GET', `/apps/${app.name}/releases`],
    ['POST', `/apps/${app.name}/releases`, { release: '2' }],
    ['POST', `/apps/${app.name}/sources`],
    ['GET', `/apps/${app.name}/builds`],
  ]
  for (const [method, path, body] of may)
    assert.ok((await statusOf(token, method, path, body)) < 300, `${method} ${path}`)
  const mayNot: Parameters<typeof call>[] = [
    ['GET', `/apps/${app.name}/config-vars`],
    ['PATCH', `/apps/${app.name}/config-vars`, { A: 'b' }],
    ['POST', `/apps/${app.name}/dynos`, { command: 'env' }],
    ['POST', `/apps/${app.name}/log-sessions`, {}],
    ['PATCH', `/apps/${app.name}`, { name: 'other-name' }],
    ['DELETE', `/apps/${app.name}`],
    ['POST', `/apps/${app.name}/addons`, { plan: 'heroku-postgresql' }],
    ['PATCH', `/apps/${app.name}/formation`, { updates: [{ type: 'web', quantity: 2 }] }],
    ['GET', `/apps/${app.name}/deploy-tokens`],
    ['POST', `/apps/${app.name}/deploy-tokens`, {}],
    ['GET', '/oauth/authorizations'],
    ['POST', '/oauth/authorizations', {}],
    ['POST', '/oauth/clients', { name: 'x', redirect_uri: 'https://example.com' }],
    ['POST', '/apps', {}],
    ['POST', '/teams', { name: 'a-team' }],
    ['GET', '/teams'],
    ['GET', '/users/~'],
    ['PATCH', '/account', { name: 'Eve' }],
    ['POST', '/pipelines', { name: 'a-pipeline' }],
    ['POST', '/sources'],
  ]
  for (const [method, path, body] of mayNot)
    assert.equal(await statusOf(token, method, path, body), 403, `${method} ${path}`)
  for (const path of [`/apps/${other.name}`, `/apps/${other.id}`, `/apps/${other.name}/releases`])
    assert.equal(await statusOf(token, 'GET', path), 404)
  assert.equal(await statusOf(token, 'POST', `/apps/${other.name}/releases`, { release: '2' }), 404)
  const apps = (await call('GET', '/apps', undefined, { token })).json<{ name: string }[]>()
  assert.deepEqual(
    apps.map(({ name }) => name),
    [app.name],
  )
})

test('a deploy token of a pipeline promotes along it, and reaches the apps in it for as long as they are', async () => {
  const pipeline = await aPipeline(platform)
  const elsewhere = await aPipeline(platform)
  const { token } = await make(`/pipelines/${pipeline.id}`)
  const promotion = ({ id, staging, production }: typeof pipeline) => ({
    pipeline: { id },
    source: { app: { id: staging.id } },
    targets: [{ app: { id: production.id } }],
  })
  const promoted = await call('POST', '/pipeline-promotions', promotion(pipeline), { token })
  assert.equal(promoted.statusCode, 201, promoted.body)
  const path = `/pipeline-promotions/${promoted.json().id}/promotion-targets`
  assert.equal(await statusOf(token, 'GET', path), 200)
  assert.equal(await statusOf(token, 'POST', '/pipeline-promotions', promotion(elsewhere)), 404)
  const { staging, production } = pipeline
  const astray = { ...promotion(pipeline), targets: [{ app: { id: elsewhere.production.id } }] }
  assert.equal(await statusOf(token, 'POST', '/pipeline-promotions', astray), 404)
  const pipelines = (await call('GET', '/pipelines', undefined, { token })).json<{ id: string }[]>()
  assert.deepEqual(
    pipelines.map(({ id }) => id),
    [pipeline.id],
  )
  const couplings = (await call('GET', '/pipeline-couplings', undefined, { token })).json<
    { id: string; app: { id: string } }[]
  >()
  assert.deepEqual(
    couplings.map(({ app }) => app.id).toSorted(),
    [staging.id, production.id].toSorted(),
  )
  const [coupling] = couplings
  assert.equal(await statusOf(token, 'DELETE', `/pipeline-couplings/${coupling?.id}`), 403)
  assert.equal(await statusOf(token, 'PATCH', `/pipelines/${pipeline.id}`, { name: 'x' }), 403)
  assert.equal(await statusOf(token, 'DELETE', `/pipelines/${pipeline.id}`), 403)
  const late = await anAppIn(platform, pipeline, 'production')
  assert.equal(await statusOf(token, 'GET', `/apps/${late.name}`), 200)
  const own = (await call('GET', `/apps/${late.name}/pipeline-couplings`)).json()
  assert.equal((await call('DELETE', `/pipeline-couplings/${own.id}`)).statusCode, 200)
  assert.equal(await statusOf(token, 'GET', `/apps/${late.name}`), 404)
  assert.equal((await call('DELETE', `/pipelines/${pipeline.id}`)).statusCode, 200)
  assert.equal(await statusOf(token, 'GET', '/account'), 401)
})

test('a token of an app does not promote: that takes the apps it leads to', async () => {
  const pipeline = await aPipeline(platform)
  const { token } = await make(`/apps/${pipeline.staging.name}`)
  const body = {
    pipeline: { id: pipeline.id },
    source: { app: { id: pipeline.staging.id } },
    targets: [{ app: { id: pipeline.production.id } }],
  }
  assert.equal(await statusOf(token, 'POST', '/pipeline-promotions', body), 404)
})

test('only whoever manages the app or pipeline makes, sees and revokes its tokens', async () => {
  const { name: team, people } = await aTeam(platform, [
    'admin',
    'member',
    'viewer',
    'collaborator',
  ])
  const app = await anApp(platform, { team })
  const pipeline = await aPipeline(platform, { team })
  const stranger = await platform.aPerson()
  for (const at of [`/apps/${app.name}`, `/pipelines/${pipeline.id}`]) {
    const { id } = await make(at, { token: people.admin.token })
    const path = `/deploy-tokens/${id}`
    for (const [person, status] of [
      [people.member, 403],
      [people.viewer, 403],
      [people.collaborator, 404],
      [stranger, 404],
    ] as const) {
      for (const method of ['GET', 'POST'] as const)
        assert.equal(
          await statusOf(person.token, method, `${at}/deploy-tokens`, {}),
          status,
          method,
        )
      assert.equal(await statusOf(person.token, 'DELETE', path), status)
    }
    const list = (await call('GET', `${at}/deploy-tokens`)).json<{ user: { email: string } }[]>()
    assert.deepEqual(
      list.map(({ user }) => user.email),
      [people.admin.email],
    )
    const answers = await Promise.all([1, 2, 3].map(() => call('DELETE', path)))
    assert.deepEqual(statusesOf(answers), [200, 404, 404])
  }
  assert.equal((await call('DELETE', '/deploy-tokens/no-id')).statusCode, 404)
  const own = (await call('POST', '/oauth/authorizations', {})).json()
  assert.equal((await call('DELETE', `/deploy-tokens/${own.id}`)).statusCode, 404)
})

test('a deploy token is no authorization of its maker: it is not among them and cannot be widened there', async () => {
  const app = await anApp(platform)
  const { id } = await make(`/apps/${app.name}`)
  assert.ok(!(await call('GET', '/oauth/authorizations')).body.includes(id))
  for (const method of ['GET', 'PATCH', 'DELETE'] as const)
    assert.equal((await call(method, `/oauth/authorizations/${id}`, {})).statusCode, 404)
  const rotation = `/oauth/authorizations/${id}/actions/regenerate-tokens`
  assert.equal((await call('POST', rotation)).statusCode, 404)
  for (const change of [{ scope: ['global'] }, { appId: null }, { pipelineId: app.id }])
    await assert.rejects(
      db.updateTable('authorizations').set(change).where('id', '=', id).execute(),
      /authorizations_(binding_check|pipeline_id_fkey)/,
    )
})

test('a deploy token dies when its maker leaves or may no longer deploy, and does not come back with them', async () => {
  for (const loss of ['leaves', 'viewer'] as const) {
    const { name: team, people } = await aTeam(platform, ['admin'])
    const app = await anAppWithCode({ team })
    const pipeline = await aPipeline(platform, { team })
    const { token: admin, actor } = people.admin
    const ofApp = await make(`/apps/${app.name}`, { token: admin })
    const ofPipeline = await make(`/pipelines/${pipeline.id}`, { token: admin })
    const where = db
      .selectFrom('teamMembers')
      .selectAll()
      .where('accountId', '=', actor.accountId)
      .where('role', '=', 'admin')
    const member = await where.executeTakeFirstOrThrow()
    const ofMember = { teamId: member.teamId, accountId: member.accountId }
    const setRole = (role: 'admin' | 'member' | 'viewer') =>
      db
        .updateTable('teamMembers')
        .set({ role })
        .where('teamId', '=', ofMember.teamId)
        .where('accountId', '=', ofMember.accountId)
        .execute()
    await setRole('member')
    assert.equal(await statusOf(ofApp.token, 'GET', `/apps/${app.name}`), 200)
    if (loss === 'viewer') await setRole('viewer')
    else
      await db
        .deleteFrom('teamMembers')
        .where('teamId', '=', ofMember.teamId)
        .where('accountId', '=', ofMember.accountId)
        .execute()
    const dead = async (): Promise<void> => {
      for (const { token } of [ofApp, ofPipeline])
        assert.equal(await statusOf(token, 'GET', '/account'), 401, loss)
    }
    await dead()
    if (loss === 'viewer') await setRole('admin')
    else
      await db
        .insertInto('teamMembers')
        .values({ ...ofMember, role: 'admin' })
        .execute()
    await dead()
  }
})

test('a deploy token dies when its app or pipeline gets another owner, and when its app is destroyed', async () => {
  const { name: team } = await aTeam(platform, [])
  const { id: teamId } = (await call('GET', `/teams/${team}`)).json()
  const isVoid = async (token: string): Promise<boolean> =>
    (await statusOf(token, 'GET', '/account')) === 401
  const [moved, destroyed] = [await anApp(platform), await anApp(platform)]
  const pipeline = await aPipeline(platform)
  const ofMoved = await make(`/apps/${moved.name}`)
  const ofDestroyed = await make(`/apps/${destroyed.name}`)
  const ofPipeline = await make(`/pipelines/${pipeline.id}`)
  await call('PATCH', `/apps/${moved.name}`, { maintenance: true })
  await call('PATCH', `/pipelines/${pipeline.id}`, { name: 'renamed' })
  for (const { token } of [ofMoved, ofDestroyed, ofPipeline]) assert.ok(!(await isVoid(token)))
  await db.updateTable('apps').set({ teamId }).where('id', '=', moved.id).execute()
  await db.updateTable('pipelines').set({ teamId }).where('id', '=', pipeline.id).execute()
  assert.equal((await call('DELETE', `/apps/${destroyed.name}`)).statusCode, 200)
  for (const { token } of [ofMoved, ofDestroyed, ofPipeline]) assert.ok(await isVoid(token))
})

test('a deploy token dies with the grant that let its maker deploy', async () => {
  for (const loss of ['removed', 'view alone'] as const) {
    const app = await anApp(platform)
    const { actor, email, token } = await platform.aPerson()
    const { accountId } = actor
    const permissions = ['view', 'deploy', 'manage']
    await db
      .insertInto('collaborators')
      .values({ appId: app.id, email, accountId, permissions })
      .execute()
    const made = await make(`/apps/${app.name}`, { token })
    assert.equal(await statusOf(made.token, 'GET', `/apps/${app.name}`), 200)
    if (loss === 'removed')
      await db.deleteFrom('collaborators').where('appId', '=', app.id).execute()
    else
      await db
        .updateTable('collaborators')
        .set({ permissions: ['view'] })
        .where('appId', '=', app.id)
        .execute()
    assert.equal(await statusOf(made.token, 'GET', '/account'), 401, loss)
  }
})

test('a deploy token lasts a year at most, and is void when revoked or expired', async () => {
  const app = await anApp(platform)
  const at = `/apps/${app.name}`
  const made = await make(at)
  const seconds = (Date.parse(made.expires_at) - Date.now()) / 1000
  assert.ok(seconds > LONGEST_SECONDS - 60 && seconds <= LONGEST_SECONDS)
  for (const expires_in of [0, -1, LONGEST_SECONDS + 1, '60', 1.5])
    assert.equal((await call('POST', `${at}/deploy-tokens`, { expires_in })).statusCode, 422)
  const short = await make(at, { expires_in: 60 })
  assert.equal(await statusOf(short.token, 'GET', at), 200)
  await db
    .updateTable('authorizations')
    .set({ expiresAt: new Date(Date.now() - 1000) })
    .where('id', '=', short.id)
    .execute()
  assert.equal(await statusOf(short.token, 'GET', at), 401)
  assert.equal((await call('DELETE', `/deploy-tokens/${made.id}`)).statusCode, 200)
  assert.equal(await statusOf(made.token, 'GET', at), 401)
})

test('an app has so many deploy tokens and no more, also if they are made at once', async () => {
  const app = await anApp(platform)
  const rows = Array.from({ length: MOST_DEPLOY_TOKENS - 1 }, (_, n) => ({
    accountId: platform.actor.accountId ?? '',
    tokenHash: Buffer.from(`${app.id} ${n}`),
    tokenHint: 'x',
    scope: ['deploy'],
    appId: app.id,
    expiresAt: new Date(Date.now() + 60_000),
  }))
  await db.insertInto('authorizations').values(rows).execute()
  const answers = await Promise.all(
    [1, 2, 3].map(() => call('POST', `/apps/${app.name}/deploy-tokens`, {})),
  )
  assert.deepEqual(statusesOf(answers), [201, 422, 422])
})

test('who made and revoked a deploy token is written down, the token is not', async () => {
  const app = await anApp(platform)
  const { id, token } = await make(`/apps/${app.name}`)
  await call('DELETE', `/deploy-tokens/${id}`)
  const events = await db.selectFrom('events').selectAll().where('resourceId', '=', id).execute()
  assert.deepEqual(
    events.map(({ resource, action, appId }) => [resource, action, appId]),
    [
      ['deploy-token', 'create', app.id],
      ['deploy-token', 'destroy', app.id],
    ],
  )
  const rows = await db.selectFrom('authorizations').selectAll().execute()
  assert.ok(!JSON.stringify([events, rows]).includes(token.slice(9)))
})
