import { Readable } from 'node:stream'
import { account, route } from '#/platform/route.ts'
import { followChanges } from './follow-changes.ts'

export const eventStreamRoutes = [
  route({
    method: 'GET',
    scope: 'global',
    path: '/account/event-stream',
    access: account,
    handle: async ({ platform, actor, reply }) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      void reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      return Readable.from(followChanges(platform, actor, gone.signal), { highWaterMark: 1 })
    },
  }),
]
