import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aName } from '../../../test/support/apps.ts'
import { aControlPlane } from '../../../test/support/control-plane.ts'
import { aBuildpack, aWorkingCopy } from '../../../test/support/git-platform.ts'
import { until } from '../../../test/support/until.ts'

const plane = await aControlPlane()
const buildpack = await aBuildpack()
const LIMIT = { limitMs: 60_000, everyMs: 50 }

type Ref = { id: string; name: string }
type RecordJson = {
  id: string
  settled_at: string | null
  targets: { status: string; rollback: { release: object | null } | null }[]
}

/** Workers that nobody has scaled up: their deploys need no engine. */
const aPipeline = async (targets: number) => {
  const make = (): Promise<Ref> => plane.call<Ref>('POST', '/apps', { name: aName() })
  const source = await make()
  const updates = [{ buildpack }]
  await plane.call('PUT', `/apps/${source.name}/buildpack-installations`, { updates })
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', await plane.urlOf(source.name), 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  const pipeline = await plane.call<Ref>('POST', '/pipelines', { name: aName() })
  const couple = (app: Ref, stage: string) =>
    plane.call('POST', '/pipeline-couplings', { app: app.id, pipeline: pipeline.id, stage })
  await couple(source, 'staging')
  const apps = await Promise.all(Array.from({ length: targets }, make))
  for (const app of apps) await couple(app, 'production')
  return { pipeline, source, apps }
}

test('a control plane that is killed at any point settles the promotion after its next start', async () => {
  await plane.start()
  const { pipeline, source, apps } = await aPipeline(2)
  for (const [index, failpoint] of ['promotion-created', 'settle-begun', 'settle-done'].entries()) {
    await plane.untilNone('settle-promotion') // each target's outcome asks for one, also when all is settled
    await plane.kill()
    await plane.start(failpoint)
    await plane
      .call('POST', '/pipeline-promotions', {
        pipeline: { id: pipeline.id },
        source: { app: { id: source.id } },
        targets: apps.map(({ id }) => ({ app: { id } })),
        all_or_nothing: true,
      })
      .catch(() => undefined)
    await plane.ended()
    await plane.start()
    const settled = await until(async () => {
      const found = await plane.call<RecordJson[]>('GET', `/pipelines/${pipeline.id}/promotions`)
      return found.length === index + 1 && found[0]?.settled_at ? found[0] : undefined
    }, LIMIT)
    assert.deepEqual(
      settled.targets.map(({ status, rollback }) => [status, rollback]),
      [
        ['succeeded', null],
        ['succeeded', null],
      ],
      failpoint,
    )
    for (const { name } of apps) {
      const releases = await plane.call<object[]>('GET', `/apps/${name}/releases`)
      assert.equal(releases.length, index + 2, failpoint)
    }
  }
})
