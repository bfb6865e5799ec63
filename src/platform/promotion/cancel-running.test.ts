import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp } from '../../../test/support/apps.ts'
import { aRunningPlatform } from '../../../test/support/running-platform.ts'
import { until } from '../../../test/support/until.ts'

/** With everything real: worker, engine, sandboxed dynos. */
const running = await aRunningPlatform()
const { call, aSlug } = running
const LIMIT = { limitMs: 60_000, everyMs: 50 }

type RecordJson = { id: string; settled_at: string | null; targets: { status: string }[] }

test('a target whose release phase runs is cancelled at once, its dyno stops, and the next promotion deploys', async () => {
  const source = await anApp(running)
  const target = await anApp(running)
  const pipeline = (await call('POST', '/pipelines', { name: source.name })).json()
  const couple = (app: string, stage: string) =>
    call('POST', '/pipeline-couplings', { app, pipeline: pipeline.id, stage })
  await couple(source.name, 'staging')
  await couple(target.name, 'production')
  const slow = 'test "$SLOW" != yes || sleep 600'
  const slug = await aSlug(source.id, { page: 'page' }, { worker: 'sleep 1000', release: slow })
  await call('POST', `/apps/${source.name}/releases`, { slug: slug.id })
  await until(async () => {
    const releases = (await call('GET', `/apps/${source.name}/releases`)).json()
    return releases.at(-1).status === 'succeeded'
  }, LIMIT)
  await call('PATCH', `/apps/${target.name}/config-vars`, { SLOW: 'yes' })
  const promote = async (): Promise<RecordJson> => {
    const answer = await call('POST', '/pipeline-promotions', {
      pipeline: { id: pipeline.id },
      source: { app: { id: source.id } },
      targets: [{ app: { id: target.id } }],
    })
    assert.equal(answer.statusCode, 201, answer.body)
    return answer.json()
  }
  const read = async ({ id }: { id: string }): Promise<RecordJson> =>
    (await call('GET', `/pipeline-promotions/${id}`)).json()
  const dynos = async () =>
    (
      await running.database.pool.query<{ state: string }>(
        "select state from dynos where app_id = $1 and type = 'release'",
        [target.id],
      )
    ).rows
  const promotion = await promote()
  await until(async () => (await dynos()).some(({ state }) => state === 'up'), LIMIT)
  const cancelled = await call('POST', `/pipeline-promotions/${promotion.id}/actions/cancel`)
  assert.equal(cancelled.statusCode, 200, cancelled.body)
  assert.equal(cancelled.json<RecordJson>().targets[0]?.status, 'failed')
  await until(
    async () => (await dynos()).every(({ state }) => state === 'down' || state === 'complete'),
    LIMIT,
  )
  await until(async () => (await read(promotion)).settled_at, LIMIT)
  await call('PATCH', `/apps/${target.name}/config-vars`, { SLOW: null })
  const second = await promote()
  await until(async () => (await read(second)).settled_at, LIMIT)
  assert.equal((await read(second)).targets[0]?.status, 'succeeded')
})
