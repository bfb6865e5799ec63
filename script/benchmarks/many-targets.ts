import { setTimeout as pause } from 'node:timers/promises'
import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'
import { connect, type Api } from './platform-api.ts'

/**
 * One promotion to many apps that each run a dyno: from the API call to its answer, which is one transaction; what a
 * change of an app beside them takes meanwhile; and the time until all of them run the new release.
 */
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
    const targets: Target[] = []
    for (let n = 0; n < TARGETS; n++)
      targets.push(await anApp(api, pipeline, `bench-many-${n}`, 'production'))
    const beside = await anApp(api, pipeline, 'bench-beside', 'development')
    const promote = (to: Target[]): Promise<{ id: string }> =>
      api('POST', '/pipeline-promotions', {
        pipeline,
        source: { app: { id: source } },
        targets: to,
      })
    await untilSettled(api, (await promote([...targets, beside])).id)
    for (const { app } of [...targets, beside]) await scaleToOne(api, app.id)

    const answered: number[] = []
    const besides: number[] = []
    const settled: number[] = []
    for (let round = 0; round < RUNS; round++) {
      const began = performance.now()
      const since = (): number => performance.now() - began
      const changing = pause(AFTER_MS).then(() =>
        api('PATCH', `/apps/${beside.app.id}/config-vars`, { ROUND: String(round) }),
      )
      const changed = changing.then(() => besides.push(since() - AFTER_MS))
      const { id } = await promote(targets)
      answered.push(since())
      await changed
      await untilSettled(api, id)
      settled.push(since())
    }
    const name = `promotion to ${TARGETS} apps`
    console.log(`${name}: ${textOf(answered)} (goal: 1000 ms)`)
    console.log(`${name}, an app beside them changed meanwhile: ${textOf(besides)}`)
    console.log(`${name}, until all run it: ${textOf(settled)}`)
  } finally {
    await platform.stop()
  }
}

type Target = { app: { id: string } }

/** By then the promotion's transaction has begun. */
const AFTER_MS = 50

const textOf = (results: number[]): string =>
  `median ${medianOf(results).toFixed(0)} ms, of ${results.map((ms) => ms.toFixed(0)).join(' ')}`

const anApp = async (api: Api, pipeline: string, name: string, stage: string): Promise<Target> => {
  const { id } = await api<{ id: string }>('POST', '/apps', { name })
  await api('POST', '/pipeline-couplings', { app: id, pipeline, stage })
  return { app: { id } }
}

const scaleToOne = async (api: Api, app: string): Promise<void> => {
  const updates = [{ type: 'worker', quantity: 1 }]
  await api('PATCH', `/apps/${app}/formation`, { updates })
  for (;;) {
    const dynos = await api<{ state: string }[]>('GET', `/apps/${app}/dynos`)
    if (dynos.some(({ state }) => state === 'up')) return
    await pause(100)
  }
}

/** Of a worker that takes no time to boot. */
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
    await pause(100)
}
