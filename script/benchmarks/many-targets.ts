import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'
import { connect, type Api } from './platform-api.ts'

/** One promotion to many apps: from the API call to its answer, which is the plan for the record and one transaction. */
const TARGETS = 100
const RUNS = 5

const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}

export const benchManyTargets = async (): Promise<void> => {
  const platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
  try {
    const api = await connect(platform)
    const { pipeline, source } = await aSource(platform, api)
    const targets: { app: { id: string } }[] = []
    for (let n = 0; n < TARGETS; n++) {
      const { id } = await api<{ id: string }>('POST', '/apps', { name: `bench-many-${n}` })
      await api('POST', '/pipeline-couplings', { app: id, pipeline, stage: 'production' })
      targets.push({ app: { id } })
    }
    const results: number[] = []
    for (let round = 0; round < RUNS; round++) {
      const began = performance.now()
      const body = { pipeline, source: { app: { id: source } }, targets }
      const { id } = await api<{ id: string }>('POST', '/pipeline-promotions', body)
      results.push(performance.now() - began)
      await untilSettled(api, id)
    }
    console.log(
      `promotion to ${TARGETS} apps: median ${medianOf(results).toFixed(0)} ms, of ${results.map((ms) => ms.toFixed(0)).join(' ')} (goal: 1000 ms)`,
    )
  } finally {
    await platform.stop()
  }
}

/** Of workers that nobody has scaled up, so that their boot is no part of it. */
const aSource = async (
  platform: TestPlatform,
  api: Api,
): Promise<{ pipeline: string; source: string }> => {
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  const dir = await platform.aRepository('many', { files: { Procfile: 'worker: sleep 1000\n' } })
  assertSucceeds(await platform.sluice('apps:create', 'bench-many', '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', 'bench-many'))
  const remote = `https://localhost:${platform.port}/bench-many.git`
  assertSucceeds(await platform.git(dir, 'push', '--quiet', remote, 'main'))
  const { id: pipeline } = await api<{ id: string }>('POST', '/pipelines', { name: 'bench-many' })
  const { id: source } = await api<{ id: string }>('GET', '/apps/bench-many')
  await api('POST', '/pipeline-couplings', { app: source, pipeline, stage: 'staging' })
  return { pipeline, source }
}

const untilSettled = async (api: Api, id: string): Promise<void> => {
  const path = `/pipeline-promotions/${id}`
  while ((await api<{ settled_at: string | null }>('GET', path)).settled_at === null)
    await new Promise((resolve) => setTimeout(resolve, 100))
}
