import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { serveFeeds } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { ended, start } from '#/foundation/exec.ts'
import { certificateFeed } from '#/platform/certificate/certificate-feed-source.ts'
import { routeFeed } from '#/platform/domain/route-feed-source.ts'
import { dynoFeed } from '#/platform/dyno/dyno-feed.ts'
import { startRouter } from '#/router/start-router.ts'
import { stopAllDynos } from '#/engine/stop-all-dynos.ts'
import { enlistWorker } from '#/worker/dead-workers.ts'
import { jobHandlers } from '#/worker/job-handlers.ts'
import { startWorker } from '#/worker/start-worker.ts'
import { insertSlug } from '#/platform/slug/slug-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { aTestPlatform, type TestPlatform } from './test-platform.ts'
import { writeFiles } from './files.ts'

const ENGINE = fileURLToPath(new URL('../../bin/engine.ts', import.meta.url))

export type RunningPlatform = TestPlatform & {
  routerPort: number
  /** GET of an app's page through the router. */
  request: (app: string) => Promise<{ status: number; body: string }>
  /** Engine and routers lose their connections, and come again. */
  breakFeeds: () => Promise<void>
  /** A slug of these files, as a build would leave it. */
  aSlug: (
    appId: string,
    files: Record<string, string>,
    processTypes: Record<string, string>,
  ) => Promise<Slug>
}

/** A platform with its worker, a real engine and a real router: dynos run and are routed to. */
export const aRunningPlatform = async (): Promise<RunningPlatform> => {
  let stop = async (): Promise<void> => {}
  after(() => stop())
  const test = await aTestPlatform()
  const { platform, database, actor } = test
  const { paths, db, log } = platform
  await mkdir(paths.run, { recursive: true, mode: 0o700 })
  const workerId = newId()
  const leave = await enlistWorker(database.url, workerId, () => {})
  const sources = [dynoFeed(platform), routeFeed(platform, workerId), certificateFeed(platform)]
  const serve = () => serveFeeds(paths.feedSocket, sources, log)
  let feeds = await serve()
  const engine = start(process.execPath, [ENGINE], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', SLUICE_DATA_DIR: paths.root, SLUICE_LOG_LEVEL: 'warn' },
  })
  const engineEnded = ended(engine)
  const router = await startRouter({
    feedSocket: paths.feedSocket,
    dir: paths.router,
    listen: { host: '127.0.0.1', port: 0 },
    append: platform.logs.append,
    log,
  })
  const worker = await startWorker(
    { pool: database.pool, log, id: workerId },
    jobHandlers(platform),
  )
  stop = async () => {
    await worker.stop()
    await router.stop()
    engine.kill('SIGKILL')
    await engineEnded
    await feeds.stop()
    await stopAllDynos(paths.root)
    await leave()
  }
  return {
    ...test,
    routerPort: router.port,
    request: (app) => requestPage(router.port, app),
    breakFeeds: async () => {
      await feeds.stop()
      feeds = await serve()
    },
    aSlug: async (appId, files, processTypes) => {
      const dir = await mkdtemp(join(paths.root, 'tree-'))
      await writeFiles(dir, files)
      const { digest, sizeBytes } = await platform.store.put(dir)
      await rm(dir, { recursive: true })
      return insertSlug(db, actor, {
        appId,
        digest,
        processTypes,
        stack: 'heroku-24',
        commit: null,
        commitDescription: null,
        buildpacks: [],
        buildpackProvidedDescription: null,
        size: sizeBytes,
      })
    },
  }
}

const requestPage = (port: number, app: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', port, headers: { host: `${app}.localhost` }, agent: false },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        response
          .on('end', () => resolve({ status: response.statusCode ?? 0, body }))
          .on('error', reject)
      },
    ).on('error', reject)
  })
