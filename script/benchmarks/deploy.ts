import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertSucceeds, startPlatform, type TestPlatform } from '../../test/support/platform.ts'
import { until } from '../../test/support/until.ts'
import { APP_FILES, PLAIN_BUILDPACK } from './deploy-app.ts'
import { benchPlainRestart } from './plain-restart.ts'
import { connect, type Api } from './platform-api.ts'
import { isBroken, printTallies, startVisitors, type Visitors } from './start-visitors.ts'

/**
 * Changes of an app and of the platform under 500 requests a second, half of them on new connections, with slow
 * requests, uploads, event streams and a WebSocket among them: nothing may fail, no app may answer for another, and a
 * connection that the new release has answered on is never answered by the old one. Then the same for nginx before an
 * app that is restarted, as small platforms do it.
 */
const EACH = 20
const KILLS = 5
const APP = 'zero-drop'
const STAGING = `${APP}-staging`
const BYSTANDER = `${APP}-bystander`
const DRAIN_LIMIT_MS = '10000'
const LIMIT = { limitMs: 120_000, everyMs: 100 }

export const benchDeploy = async ({
  each = EACH,
}: {
  each?: number | undefined
}): Promise<void> => {
  const platform = await startPlatform({
    SLUICE_DRAIN_LIMIT_MS: DRAIN_LIMIT_MS,
    SLUICE_FILE_BUILDPACKS: '1',
  })
  try {
    const scene = await seed(platform)
    const visitors = startVisitors({ port: platform.routerPort, app: APP, bystander: BYSTANDER })
    for (const [name, change] of Object.entries(CHANGES)) {
      const times = name === 'control plane killed' ? Math.ceil((each * KILLS) / EACH) : each
      visitors.tell({ phase: `${name} × ${times}` })
      for (let number = 0; number < times; number++) await change(scene, visitors, number)
    }
    const tallies = await visitors.stop()
    printTallies(tallies)
    if (Object.values(tallies).some(isBroken)) process.exitCode = 1
  } finally {
    await platform.stop()
  }
  await benchPlainRestart(Math.min(each, 5))
}

type Scene = { platform: TestPlatform; api: Api; dir: string; promotion: unknown }

/** An app of two dynos, the staging app that it is promoted from, and one that nobody changes. */
const seed = async (platform: TestPlatform): Promise<Scene> => {
  const buildpack = await platform.aRepository('buildpack', { files: PLAIN_BUILDPACK })
  const dir = await platform.aRepository('source', { files: APP_FILES })
  for (const app of [APP, STAGING, BYSTANDER]) {
    assertSucceeds(await platform.sluice('apps:create', app, '--no-remote'))
    assertSucceeds(await platform.sluice('buildpacks:set', `file://${buildpack}`, '-a', app))
    const url = `https://localhost:${platform.port}/${app}.git`
    await platform.git(dir, 'remote', 'add', app, url)
    assertSucceeds(await platform.git(dir, 'push', '--quiet', app, 'main'))
  }
  assertSucceeds(await platform.sluice('pipelines:create', APP, '-a', STAGING, '-s', 'staging'))
  assertSucceeds(await platform.sluice('pipelines:add', APP, '-a', APP, '-s', 'production'))
  const api = await connect(platform)
  const { pipeline } = await api<{ pipeline: Named }>('GET', `/apps/${STAGING}/pipeline-couplings`)
  const [source, target] = [
    await api<Named>('GET', `/apps/${STAGING}`),
    await api<Named>('GET', `/apps/${APP}`),
  ]
  const promotion = {
    pipeline: { id: pipeline.id },
    source: { app: { id: source.id } },
    targets: [{ app: { id: target.id } }],
  }
  const scene = { platform, api, dir, promotion }
  await scale(scene, 2)
  return scene
}

type Named = { id: string }
type Dyno = { id: string; state: string; type: string }
type Release = { version: number; current: boolean; status: string }
type Change = (scene: Scene, visitors: Visitors, number: number) => Promise<void>

const scale = async (scene: Scene, quantity: number): Promise<void> => {
  await scene.api('PATCH', `/apps/${APP}/formation/web`, { quantity })
  await untilSettled(scene, { quantity })
}

const dynosOf = ({ api }: Scene): Promise<Dyno[]> => api('GET', `/apps/${APP}/dynos`)

/** Until the newest release is the current one, and so many dynos are up, none of them one of `gone`. */
const untilSettled = (
  scene: Scene,
  { quantity = 2, gone = [] }: { quantity?: number; gone?: Dyno[] },
): Promise<unknown> =>
  until(async () => {
    const releases = await scene.api<Release[]>('GET', `/apps/${APP}/releases`)
    const newest = releases.toSorted((a, b) => b.version - a.version)[0]
    if (!newest?.current || newest.status !== 'succeeded') return false
    const dynos = await dynosOf(scene)
    return (
      dynos.length === quantity &&
      dynos.every(({ id, state }) => state === 'up' && !gone.some((old) => old.id === id))
    )
  }, LIMIT)

/** A change that leaves no dyno what it was. */
const replacing =
  (change: (scene: Scene, number: number) => Promise<unknown>): Change =>
  async (scene, _, number) => {
    const gone = await dynosOf(scene)
    await change(scene, number)
    await untilSettled(scene, { gone })
  }

/** A change that makes a release: what begins from now on is of it. */
const releasing = (change: (scene: Scene, number: number) => Promise<unknown>): Change => {
  const replace = replacing(change)
  return (scene, visitors, number) => {
    visitors.tell({ releasedAt: Date.now() })
    return replace(scene, visitors, number)
  }
}

const CHANGES: Record<string, Change> = {
  deploys: releasing(async ({ platform, dir }, number) => {
    await writeFile(join(dir, 'page'), String(number))
    await platform.commit(dir, `Page ${number}`)
    assertSucceeds(await platform.git(dir, 'push', '--quiet', APP, 'main'))
  }),
  promotions: releasing(({ api, promotion }) => api('POST', '/pipeline-promotions', promotion)),
  rollbacks: releasing(async ({ api }) => {
    const releases = await api<Release[]>('GET', `/apps/${APP}/releases`)
    const former = releases.toSorted((a, b) => b.version - a.version)[1]
    await api('POST', `/apps/${APP}/releases`, { release: String(former?.version) })
  }),
  restarts: replacing(({ api }) => api('DELETE', `/apps/${APP}/dynos`)),
  scales: (scene, _, number) => scale(scene, number % 2 === 0 ? 3 : 2),
  'router swaps': async ({ platform }) => {
    assertSucceeds(await platform.sluice('restart'))
  },
  'control plane killed': async ({ platform, api }) => {
    const { stdout } = await platform.sluice('status', '--json')
    const { processes } = JSON.parse(stdout) as { processes: { name: string; pid: number }[] }
    const victim = processes.find(({ name }) => name === 'control-plane')
    if (!victim?.pid) throw new Error('The control plane is not running.')
    process.kill(victim.pid, 'SIGKILL')
    await until(
      () =>
        api('GET', `/apps/${APP}`).then(
          () => true,
          () => false,
        ),
      LIMIT,
    )
  },
}
