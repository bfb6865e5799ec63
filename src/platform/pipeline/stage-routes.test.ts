import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aName, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { aPipeline, anAppIn } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform

type StageJson = { id: string; name: string; kind: string; position: number }

const emptyPipeline = async (): Promise<string> => {
  const created = await call('POST', '/pipelines', { name: aName() })
  return created.json<{ id: string }>().id
}
const stagesOf = async (pipeline: string): Promise<StageJson[]> =>
  (await call('GET', `/pipelines/${pipeline}/stages`)).json()
const namesOf = async (pipeline: string): Promise<string[]> => {
  const stages = await stagesOf(pipeline)
  assert.deepEqual(
    stages.map(({ position }) => position),
    stages.map((_, index) => index),
  )
  return stages.map(({ name }) => name)
}
const add = (pipeline: string, body: object) => call('POST', `/pipelines/${pipeline}/stages`, body)

test('a new pipeline has Heroku’s stages, and others are added where they are wanted', async () => {
  const pipeline = await emptyPipeline()
  assert.deepEqual(
    (await stagesOf(pipeline)).map(({ name, kind }) => [name, kind]),
    ['review', 'development', 'staging', 'production'].map((kind) => [kind, kind]),
  )
  const canary = await add(pipeline, { name: 'canary', kind: 'production', position: 3 })
  assert.equal(canary.statusCode, 201, canary.body)
  assert.equal(canary.json().position, 3)
  await add(pipeline, { name: 'eu', kind: 'production' })
  assert.deepEqual(await namesOf(pipeline), [
    'review',
    'development',
    'staging',
    'canary',
    'production',
    'eu',
  ])
  const path = `/pipelines/${pipeline}/stages`
  const moved = await call('PATCH', `${path}/eu`, { position: 0, name: 'europe' })
  assert.equal(moved.json().name, 'europe')
  assert.equal((await call('DELETE', `${path}/development`)).statusCode, 200)
  assert.deepEqual(await namesOf(pipeline), ['europe', 'review', 'staging', 'canary', 'production'])
  await call('PATCH', `${path}/europe`, { position: 99 })
  assert.equal((await namesOf(pipeline)).at(-1), 'europe')
})

test('what is not a name, a kind or a place is refused, and so is a name that is there already', async () => {
  const pipeline = await emptyPipeline()
  for (const name of ['', 'A', '-a', 'a-', 'a b', 'a\nb', 'é', 'x'.repeat(31), '../x'])
    assert.equal((await add(pipeline, { name, kind: 'staging' })).statusCode, 422, name)
  for (const body of [
    { name: 'a', kind: 'canary' },
    { name: 'a' },
    { name: 'a', kind: 'staging', position: -1 },
    { name: 'a', kind: 'staging', position: 1.5 },
  ])
    assert.ok((await add(pipeline, body)).statusCode >= 400, JSON.stringify(body))
  const twice = await add(pipeline, { name: 'staging', kind: 'staging' })
  assert.equal(twice.statusCode, 422)
  assert.match(twice.json().message, /already/)
  const path = `/pipelines/${pipeline}/stages`
  assert.equal((await call('PATCH', `${path}/review`, { name: 'staging' })).statusCode, 422)
  assert.equal((await call('PATCH', `${path}/nothing`, { name: 'b' })).statusCode, 404)
  for (const name of ['review', 'development', 'staging']) await call('DELETE', `${path}/${name}`)
  assert.equal((await call('DELETE', `${path}/production`)).statusCode, 422)
  assert.deepEqual(await namesOf(pipeline), ['production'])
})

test('a stage with an app stays; the wire shows its kind, and couples by name or kind', async () => {
  const pipeline = await emptyPipeline()
  await add(pipeline, { name: 'canary', kind: 'production', position: 3 })
  const app = await anApp(platform)
  const body = { app: app.id, pipeline, stage: 'canary' }
  const coupling = (await call('POST', '/pipeline-couplings', body)).json()
  assert.equal(coupling.stage, 'production')
  assert.equal(coupling.pipeline_stage.name, 'canary')
  const refused = await call('DELETE', `/pipelines/${pipeline}/stages/canary`)
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /Move the apps/)
  const path = `/pipeline-couplings/${coupling.id}`
  const moved = (await call('PATCH', path, { stage: 'production' })).json()
  assert.deepEqual([moved.stage, moved.pipeline_stage.name], ['production', 'production'])
  assert.equal((await call('PATCH', path, { stage: 'no-such' })).statusCode, 422)
  assert.equal((await call('DELETE', `/pipelines/${pipeline}/stages/canary`)).statusCode, 200)
})

test('promotion goes to the next stage that has apps, in the pipeline’s own order', async () => {
  const pipeline = await aPipeline(platform)
  await add(pipeline.id, { name: 'canary', kind: 'production', position: 3 })
  await add(pipeline.id, { name: 'empty', kind: 'production', position: 3 })
  const canaries = [
    await anAppIn(platform, pipeline, 'canary'),
    await anAppIn(platform, pipeline, 'canary'),
  ]
  const plan = await call('POST', `/pipelines/${pipeline.id}/promotion-plans`, {
    source: { app: pipeline.staging.id },
  })
  assert.deepEqual(
    plan
      .json()
      .targets.map((target: { app: { id: string } }) => target.app.id)
      .toSorted(),
    canaries.map(({ id }) => id).toSorted(),
  )
})

test('into every stage of the kind production only those promote who may promote into production', async () => {
  const { name: team, people } = await aTeam(platform, ['admin', 'member'])
  const pipeline = await aPipeline(platform, { team })
  await add(pipeline.id, { name: 'canary', kind: 'production', position: 3 })
  const canary = await anAppIn(platform, pipeline, 'canary', { team })
  const promote = ({ token }: { token: string }) =>
    call(
      'POST',
      '/pipeline-promotions',
      {
        pipeline: { id: pipeline.id },
        source: { app: { id: pipeline.staging.id } },
        targets: [{ app: { id: canary.id } }],
      },
      { token },
    )
  assert.equal((await promote(people.member)).statusCode, 403)
  assert.equal((await promote(people.admin)).statusCode, 201)
})

test('stages are changed by whoever may change the pipeline, seen by whoever sees it', async () => {
  const { name: team, people } = await aTeam(platform, ['admin', 'member', 'viewer'])
  const pipeline = await aPipeline(platform, { team })
  const path = `/pipelines/${pipeline.id}/stages`
  const body = { name: 'qa', kind: 'staging' }
  for (const { token } of [people.member, people.viewer]) {
    assert.equal((await call('POST', path, body, { token })).statusCode, 403)
    assert.equal((await call('DELETE', `${path}/review`, undefined, { token })).statusCode, 403)
    assert.equal((await call('GET', path, undefined, { token })).statusCode, 200)
  }
  assert.equal((await call('POST', path, body, people.admin)).statusCode, 201)
  const stranger = await platform.aPerson()
  assert.equal((await call('GET', path, undefined, stranger)).statusCode, 404)
  assert.equal((await call('PATCH', `${path}/qa`, { name: 'x' }, stranger)).statusCode, 404)
  const events = await platform.platform.db
    .selectFrom('events')
    .select(['action', 'after'])
    .where('resource', '=', 'pipeline-stage')
    .where('pipelineId', '=', pipeline.id)
    .execute()
  assert.deepEqual(events, [{ action: 'create', after: { ...body, position: 4 } }])
})

test('two at once: one of two equal names wins, and a stage is not removed under an app', async () => {
  const pipeline = await emptyPipeline()
  const names = await Promise.all([
    add(pipeline, { name: 'qa', kind: 'staging' }),
    add(pipeline, { name: 'qa', kind: 'staging' }),
  ])
  assert.deepEqual(statusesOf(names), [201, 422])
  const app = await anApp(platform)
  const [removed, coupled] = await Promise.all([
    call('DELETE', `/pipelines/${pipeline}/stages/qa`),
    call('POST', '/pipeline-couplings', { app: app.id, pipeline, stage: 'qa' }),
  ])
  assert.deepEqual(statusesOf([removed, coupled]).length, 2)
  assert.equal(
    removed.statusCode === 200 ? 422 : 201,
    coupled.statusCode,
    `${removed.body} ${coupled.body}`,
  )
  const moves = await Promise.all(
    ['review', 'staging', 'production'].map((name) =>
      call('PATCH', `/pipelines/${pipeline}/stages/${name}`, { position: 0 }),
    ),
  )
  assert.ok(moves.every(({ statusCode }) => statusCode === 200))
  await namesOf(pipeline)
})
