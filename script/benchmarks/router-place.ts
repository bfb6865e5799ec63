import { mkdir } from 'node:fs/promises'
import net from 'node:net'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { serveFeeds, type FeedSource } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { createLogger } from '#/foundation/log.ts'
import { ROUTE_FEED, type AppRoute } from '#/platform/domain/route-feed.ts'
import type { Place } from './router-peers.ts'

/** One app, at the address that the load asks for. */
export const serveRoutes = async ({ dir, upstreamPort }: Place) => {
  const { run, feedSocket } = dataDirPaths(dir)
  await mkdir(run, { mode: 0o700 })
  const route: AppRoute = {
    id: newId(),
    appName: 'bench',
    hosts: ['127.0.0.1'],
    maintenance: false,
    hasRelease: true,
    crashed: false,
    dynos: [
      {
        id: newId(),
        name: 'web.1',
        host: '127.0.0.1',
        port: upstreamPort,
        releaseVersion: 1,
        deployId: null,
        weight: 1,
      },
    ],
  }
  const source: FeedSource<AppRoute, unknown> = {
    name: ROUTE_FEED,
    readTable: async () => ({ number: 1, rows: [route] }),
    readChange: async () => ({ number: 1, set: [], remove: [] }),
    onNews: () => () => {},
    onReport: async () => {},
  }
  return serveFeeds(feedSocket, [source], createLogger('bench'))
}

export const aFreePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      server.close(() => resolve(bound !== null && typeof bound === 'object' ? bound.port : 0))
    })
  })

export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket
      .once('connect', () => resolve(socket.destroy().destroyed))
      .once('error', () => resolve(false))
  })
