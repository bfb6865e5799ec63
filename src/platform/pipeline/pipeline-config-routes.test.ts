import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey } from '#/foundation/crypto.ts'
import { rewrapDataKeys } from '#/platform/data-key-store.ts'
import { keyringOf } from '#/platform/keyring.ts'
import { aName, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { readPipelineConfig } from './pipeline-config-store.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db, keyring } = platform.platform

type Caller = { token?: string }
const aPipeline = async (body: object = {}): Promise<{ id: string; name: string }> =>
  (await call('POST', '/pipelines', { name: aName(), ...body })).json()

const pathOf = (pipeline: { id: string }, stage = 'test') =>
  `/pipelines/${pipeline.id}/stage/${stage}/config-vars`
const set = (pipeline: { id: string }, vars: object, stage = 'test', caller: Caller = {}) =>
  call('PATCH', pathOf(pipeline, stage), vars, caller)

test('a pipeline keeps config for review and for test apps, each by itself', async () => {
  const pipeline = await aPipeline()
  assert.deepEqual((await call('GET', pathOf(pipeline))).json(), {})
  assert.deepEqual((await set(pipeline, { B: 'two', A: 'one' })).json(), { A: 'one', B: 'two' })
  assert.deepEqual((await set(pipeline, { A: null, C: '' })).json(), { B: 'two', C: '' })
  assert.deepEqual((await call('GET', pathOf(pipeline))).json(), { B: 'two', C: '' })
  assert.deepEqual((await call('GET', pathOf(pipeline, 'review'))).json(), {})
})

test('two who change it at once lose nothing', async () => {
  const pipeline = await aPipeline()
  const keys = Array.from({ length: 8 }, (_, index) => `KEY_${index}`)
  const answers = await Promise.all(keys.map((key) => set(pipeline, { [key]: 'x' }, 'review')))
  assert.ok(answers.every(({ statusCode }) => statusCode === 200))
  const all = (await call('GET', pathOf(pipeline, 'review'))).json()
  assert.deepEqual(Object.keys(all), keys)
})

test('what is no name, too much, or for another stage is refused, and changes nothing', async () => {
  const pipeline = await aPipeline()
  assert.equal((await set(pipeline, { 'NO NAME': 'x', FINE: 'y' })).statusCode, 422)
  assert.equal((await set(pipeline, { BIG: 'x'.repeat(70_000) })).statusCode, 422)
  const answer = await set(pipeline, { A: 'x' }, 'production')
  assert.equal(answer.statusCode, 404)
  assert.match(answer.json().message, /for the stages review and test only/)
  assert.deepEqual((await call('GET', pathOf(pipeline))).json(), {})
})

test('only who may deploy reads and changes it', async () => {
  const team = await aTeam(platform, ['member', 'viewer'])
  const pipeline = await aPipeline({ owner: { id: team.name, type: 'team' } })
  const { member, viewer } = team.people
  assert.equal((await set(pipeline, { A: 'x' }, 'review', member)).statusCode, 200)
  assert.equal((await set(pipeline, { A: 'y' }, 'review', viewer)).statusCode, 403)
  assert.equal((await call('GET', pathOf(pipeline, 'review'), undefined, viewer)).statusCode, 403)
  const stranger = await platform.aPerson()
  assert.equal((await set(pipeline, { A: 'y' }, 'review', stranger)).statusCode, 404)
})

test('values are sealed in the database, and events have names only', async () => {
  const pipeline = await aPipeline()
  await set(pipeline, { STRIPE_KEY: 'sk_live_very_secret' })
  await set(pipeline, { STRIPE_KEY: 'sk_live_very_secret' })
  const { sealed } = await db
    .selectFrom('pipelineConfigVars')
    .select('sealed')
    .where('pipelineId', '=', pipeline.id)
    .executeTakeFirstOrThrow()
  assert.doesNotMatch(sealed, /very_secret|STRIPE/)
  const events = await db
    .selectFrom('events')
    .selectAll()
    .where('resource', '=', 'pipeline-config-var')
    .where('pipelineId', '=', pipeline.id)
    .execute()
  assert.deepEqual(
    events.map(({ after }) => after),
    [{ stage: 'test', set: ['STRIPE_KEY'], removed: [] }],
  )
})

test('it is read after the master key was rotated', async () => {
  const pipeline = await aPipeline()
  await set(pipeline, { A: 'x' })
  const rotated = keyringOf(newKey(), keyring.masterKey)
  await db.insertInto('masterKeys').values({ id: rotated.masterKeyId }).execute()
  while ((await rewrapDataKeys(db, rotated, 100)) > 0);
  const where = { pipelineId: pipeline.id, stage: 'test' as const }
  const alone = { ...rotated, previous: [] }
  assert.deepEqual(await readPipelineConfig({ db, keyring: alone }, actor, where), { A: 'x' })
})
