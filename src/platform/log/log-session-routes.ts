import { Readable } from 'node:stream'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { parseCursor } from '#/log-store/log-cursor.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { capabilityUrl } from '#/platform/capability.ts'
import { route } from '#/platform/route.ts'
import { logSessionHolder } from './log-session-access.ts'
import { CreateLogSession, logSessionOf, presentLogSession } from './log-session-schema.ts'
import { encodeLogSession } from './log-session.ts'
import { streamLog } from './stream-log.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

/** A client that is cut off comes back to the same URL, so a tail's lives longer. */
const LIFETIME_MS = 5 * 60_000
const TAIL_LIFETIME_MS = 24 * 3_600_000

export const logSessionRoutes = [
  route({
    method: 'POST',
    scope: 'read',
    path: '/apps/:app/log-sessions',
    access: onApp(...NEEDED.logs),
    body: CreateLogSession,
    handle: async ({ platform, actor, target: app, body }) => {
      if (actor.accountId === null) throw notFound('account')
      const session = logSessionOf(actor.accountId, body)
      const encoded = encodeLogSession(session)
      if (encoded === undefined) throw invalidParams('The filter of the log session is too long.')
      const path = `/streams/logs/${app.id}/${encoded}`
      const lifetimeMs = session.tail ? TAIL_LIFETIME_MS : LIFETIME_MS
      return presentLogSession(capabilityUrl(platform, path, lifetimeMs))
    },
  }),
  route({
    method: 'GET',
    path: '/streams/logs/:app/:session',
    access: logSessionHolder,
    handle: async ({ platform, target: { app, session, mayGoOn }, request, reply }) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const lastEventId = request.headers['last-event-id']
      const options = {
        logsDir: platform.paths.logs,
        appId: app.id,
        session,
        after: typeof lastEventId === 'string' ? parseCursor(lastEventId) : undefined,
        mayGoOn,
      }
      void reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      return Readable.from(streamLog(options, gone.signal), { highWaterMark: 1 })
    },
  }),
]
