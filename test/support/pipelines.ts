import assert from 'node:assert/strict'
import { aName, anApp, aServingRelease } from './apps.ts'
import type { TestPlatform } from './test-platform.ts'

type Coupled = { id: string; name: string }
export type TestPipeline = { id: string; name: string; staging: Coupled; production: Coupled }

/** A pipeline of two apps; staging serves code, production has none yet. */
export const aPipeline = async (
  test: TestPlatform,
  { team }: { team?: string } = {},
): Promise<TestPipeline> => {
  const owner = team ? { owner: { id: team, type: 'team' } } : {}
  const created = await test.call('POST', '/pipelines', { name: aName(), ...owner })
  assert.equal(created.statusCode, 201, created.body)
  const pipeline = created.json<{ id: string; name: string }>()
  const add = (stage: string) => anAppIn(test, pipeline, stage, team ? { team } : {})
  const staging = await add('staging')
  await aServingRelease(test, staging, { web: 'serve', release: 'migrate' })
  return { ...pipeline, staging, production: await add('production') }
}

export const anAppIn = async (
  test: TestPlatform,
  pipeline: { id: string },
  stage: string,
  options: { team?: string; token?: string } = {},
): Promise<Coupled> => {
  const app = await anApp(test, options)
  const body = { app: app.id, pipeline: pipeline.id, stage }
  const coupled = await test.call('POST', '/pipeline-couplings', body)
  assert.equal(coupled.statusCode, 201, coupled.body)
  return app
}
