import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { medianOf } from './median.ts'
import { connect, type Api } from './platform-api.ts'

/** The plan of a promotion: from the API call to its answer, with many commits and config vars between the two apps. */
const COMMITS = 5_000
const CONFIG_VARS = 500
const RUNS = 15

const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
const SOURCE = 'bench-plan-staging'
const TARGET = 'bench-plan'

export const benchPlan = async (): Promise<void> => {
  const platform = await startPlatform({ SLUICE_FILE_BUILDPACKS: '1' })
  try {
    const api = await connect(platform)
    await aPair(platform, api)
    const { pipeline } = await api<{ pipeline: { id: string } }>(
      'GET',
      `/apps/${SOURCE}/pipeline-couplings`,
    )
    const results: number[] = []
    for (let round = 0; round <= RUNS; round++) {
      const began = performance.now()
      const plan = await api<Plan>('POST', `/pipelines/${pipeline.id}/promotion-plans`, {
        source: { app: SOURCE },
      })
      if (round > 0) results.push(performance.now() - began)
      const [target] = plan.targets
      if (target?.code?.ahead_by !== COMMITS || target.config?.different.length !== CONFIG_VARS)
        throw new Error('The plan is not of what lies between the two apps.')
    }
    const all = results.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0))
    console.log(
      `plan over ${COMMITS} commits and ${CONFIG_VARS} config vars: median ${medianOf(results).toFixed(0)} ms, of ${all.join(' ')} (goal: 200 ms)`,
    )
  } finally {
    await platform.stop()
  }
}

type Plan = {
  targets: { code: { ahead_by: number } | null; config: { different: string[] } | null }[]
}

/** Both serve the first commit, then the source alone the last of many. */
const aPair = async (platform: TestPlatform, api: Api): Promise<void> => {
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  const dir = await platform.aRepository('plan', { files: { Procfile: 'worker: sleep 1000\n' } })
  for (const app of [SOURCE, TARGET])
    assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
  assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', SOURCE))
  assertSucceeds(await platform.sluice('pipelines:create', TARGET, '-a', SOURCE, '-s', 'staging'))
  assertSucceeds(await platform.sluice('pipelines:add', TARGET, '-a', TARGET, '-s', 'production'))
  const url = `https://localhost:${platform.port}/${SOURCE}.git`
  assertSucceeds(await platform.git(dir, 'push', '--quiet', url, 'main'))
  assertSucceeds(await platform.sluice('pipelines:promote', '-a', SOURCE))
  await importCommits(platform, dir)
  assertSucceeds(await platform.git(dir, 'push', '--quiet', url, 'many:main'))
  for (const app of [SOURCE, TARGET]) await api('PATCH', `/apps/${app}/config-vars`, varsOf(app))
}

const varsOf = (app: string): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: CONFIG_VARS }, (_, index) => [`VAR_${index}`, `${app} ${index}`]),
  )

/** A file of its own with each. */
const importCommits = async (platform: TestPlatform, dir: string): Promise<void> => {
  const stream = Array.from(
    { length: COMMITS },
    (_, index) =>
      `commit refs/heads/many\ncommitter Ada <ada@example.com> ${1_700_000_000 + index} +0000\ndata 6\nMore.\n${
        index === 0 ? 'from refs/heads/main\n' : ''
      }M 100644 inline files/${index}.txt\ndata 1\n1\n`,
  )
  const path = join(dir, '..', 'many.fast-import')
  await writeFile(path, stream.join(''))
  assertSucceeds(
    await platform.git(dir, '-c', `alias.import=!git fast-import --quiet < '${path}'`, 'import'),
  )
  await rm(path)
}
