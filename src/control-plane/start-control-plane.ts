import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApi } from '#/api/create-api.ts'
import { startListener, type ListenerOptions } from '#/api/listener.ts'
import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { openDatabase } from '#/foundation/db.ts'
import { serveFeeds } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { enqueue } from '#/foundation/jobs.ts'
import type { Log } from '#/foundation/log.ts'
import type { MailSettings } from '#/foundation/mail.ts'
import { masterKeyFileOf } from '#/foundation/master-key-file.ts'
import { migrate } from '#/foundation/migrate.ts'
import type { OpenIdSettings } from '#/foundation/open-id.ts'
import { startNotifications } from '#/foundation/notifications.ts'
import { startGitReceiver } from '#/git-receiver/start-git-receiver.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import { tidyBuildsJob } from '#/platform/build/build-jobs.ts'
import { certificateFeed } from '#/platform/certificate/certificate-feed-source.ts'
import { routeFeed } from '#/platform/domain/route-feed-source.ts'
import { drainFeed } from '#/platform/log-drain/drain-feed-source.ts'
import { dynoFeed } from '#/platform/dyno/dyno-feed.ts'
import type { Platform, PlatformSettings } from '#/platform/platform.ts'
import { enlistWorker } from '#/worker/dead-workers.ts'
import { jobHandlers } from '#/worker/job-handlers.ts'
import { startWorker } from '#/worker/start-worker.ts'
import { openKeyring } from './keyring.ts'
import { ensureOperator } from './operator.ts'
import { serveRendezvousInBrowsers } from './rendezvous-in-browsers.ts'
import { serveRendezvous } from './rendezvous.ts'
import { ensureSetupLink } from './setup-link.ts'

export type ControlPlane = { port: number; stop: () => Promise<void> }

export type ControlPlaneOptions = {
  dataDir: string
  databaseUrl: string
  listen: ListenerOptions['listen']
  log: Log
}

/** Of the API at once; far below what a process may have open. */
const API_CONNECTIONS = 4_096

/** Without its place among the workers it must end; requests under way are told first that there is no database. */
const LAST_ANSWERS_MS = 200

/** Everything that decides: API, git, feeds and jobs. Holds no state of its own; may be killed at any moment. */
export const startControlPlane = async ({
  dataDir,
  databaseUrl,
  listen,
  log,
}: ControlPlaneOptions): Promise<ControlPlane> => {
  const paths = dataDirPaths(dataDir)
  const database = openDatabase(databaseUrl)
  const { db, pool } = database
  await migrate(pool)
  const settings = JSON.parse(await readFile(paths.settings, 'utf8')) as PlatformSettings
  const keyring = await openKeyring(db, masterKeyFileOf(paths))
  await ensureOperator(db, paths.operatorToken, settings.domain)
  await ensureSetupLink(db, paths.setupLink, settings)

  const workerId = newId()
  const leave = await enlistWorker(
    databaseUrl,
    workerId,
    () => void setTimeout(() => process.exit(1), LAST_ANSWERS_MS),
  )
  const notifications = await startNotifications(databaseUrl, log)
  const logs = openLogWriter(paths.logs, 'control-plane')
  const store = openDiskStore(paths.artifacts)
  const mail = mailSettings(settings)
  const openId = openIdSettings()
  const platform: Platform = {
    db,
    notifications,
    keyring,
    settings,
    paths,
    mail,
    openId,
    logs,
    store,
    log,
  }

  const drains = drainFeed(platform)
  const feeds = await serveFeeds(
    paths.feedSocket,
    [dynoFeed(platform), routeFeed(platform, workerId), certificateFeed(platform), drains.source],
    log,
  )
  const worker = await startWorker({ pool, log, id: workerId }, jobHandlers(platform))
  await enqueue(db, tidyBuildsJob, {}, { key: tidyBuildsJob.name })
  const git = await startGitReceiver({ ...platform, workerId })
  const api = await createApi(platform, git.first)
  api.server.on('upgrade', serveRendezvousInBrowsers(platform))
  const listener = await startListener({
    http: api.server,
    tls: await readCertificate(paths.certificates),
    listen,
    onRendezvous: (socket) => serveRendezvous(platform, socket),
    limits: { total: API_CONNECTIONS, perAddress: config.apiConnectionsPerAddress },
  })
  log.info({ port: listener.port }, 'serving')

  return {
    port: listener.port,
    stop: async () => {
      await listener.stop()
      await git.stop()
      await api.stop()
      await worker.stop()
      drains.stop()
      await feeds.stop()
      await logs.stop()
      await notifications.stop()
      await leave()
      await database.stop()
    },
  }
}

const mailSettings = ({ apiHost }: PlatformSettings): MailSettings | null =>
  config.smtpUrl === ''
    ? null
    : { smtpUrl: config.smtpUrl, from: config.mailFrom || `Sluice <sluice@${apiHost}>` }

const openIdSettings = (): OpenIdSettings | null =>
  config.openIdIssuer === ''
    ? null
    : {
        name: config.openIdName,
        issuer: config.openIdIssuer,
        clientId: config.openIdClientId,
        clientSecret: config.openIdClientSecret,
        isOnly: config.openIdOnly,
      }

const readCertificate = async (dir: string): Promise<{ cert: Buffer; key: Buffer }> => ({
  cert: await readFile(join(dir, 'server.pem')),
  key: await readFile(join(dir, 'server.key')),
})
