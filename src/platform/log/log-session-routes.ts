import { Readable } from 'node:stream'
import { invalidParams } from '#/foundation/errors.ts'
import { parseCursor } from '#/log-store/log-cursor.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { onStreamOf } from '#/platform/app/stream-access.ts'
import { capabilityUrl } from '#/platform/capability.ts'
import { route } from '#/platform/route.ts'
import { CreateLogSession, logSessionOf, presentLogSession } from './log-session-schema.ts'
import { decodeLogSession, encodeLogSession } from './log-session.ts'
import { streamLog } from './stream-log.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

/** A client that is cut off comes back to the same URL, so a tail's lives longer. */
const LIFETIME_MS = 5 * 60_000
const TAIL_LIFETIME_MS = 24 * 3_600_000

export const logSessionRoutes = [
  route({
    method: 'POST',
    path: '/apps/:app/log-sessions',
    access: onApp(...NEEDED.logs),
    body: CreateLogSession,
    handle: async ({ platform, actor, target: app, body }) => {
      const session = logSessionOf(body)
      const encoded = encodeLogSession(session)
      if (encoded === undefined) throw invalidParams('The filter of the log session is too long.')
      const path = `/streams/logs/${app.id}/${encoded}`
      const lifetimeMs = session.tail ? TAIL_LIFETIME_MS : LIFETIME_MS
      return presentLogSession(capabilityUrl(platform, path, lifetimeMs, actor))
    },
  }),
  route({
    method: 'GET',
    path: '/streams/logs/:app/:session',
    access: onStreamOf(async ({ params }) => params['app'] ?? '', ...NEEDED.logs),
    handle: async ({ platform, target: { app, until }, params, request, reply }) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const lastEventId = request.headers['last-event-id']
      const options = {
        logsDir: platform.paths.logs,
        appId: app.id,
        session: decodeLogSession(params.session),
        after: typeof lastEventId === 'string' ? parseCursor(lastEventId) : undefined,
      }
      void reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      return Readable.from(streamLog(options, until(gone.signal)), { highWaterMark: 1 })
    },
  }),
]
