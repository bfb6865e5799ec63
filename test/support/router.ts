import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { serveFeeds, type FeedSource } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { createLogger, type Log } from '#/foundation/log.ts'
import {
  ROUTE_FEED,
  type AppRoute,
  type RouteDyno,
  type RouterReport,
} from '#/platform/domain/route-feed.ts'
import {
  CERTIFICATE_FEED,
  type ServedCertificate,
} from '#/platform/certificate/certificate-feed.ts'
import type { RouterLimits } from '#/router/limits.ts'
import { startRouter } from '#/router/start-router.ts'
import type { TestCertificate } from './certificates.ts'
import { until } from './until.ts'

/** Deadline of waits in tests: generous, for machines that are busy with other things. */
export const PATIENCE = { limitMs: 30_000 }

export const quiet = createLogger('test')
quiet.level = 'silent'

/** A control plane as routers see it: a table in memory, served on the real socket. */
export type RouteSource = AsyncDisposable & {
  /** A data directory. */
  dir: string
  reports: RouterReport[]
  /** Changes rows; resolves when every router that is connected has applied it. */
  set: (...routes: AppRoute[]) => Promise<void>
  remove: (...ids: string[]) => Promise<void>
  /** As both at once. */
  change: (change: { set: AppRoute[]; remove: string[] }) => Promise<void>
  /** Replaces the certificates; resolves when every router that asked for them has applied it. */
  certify: (...certificates: ServedCertificate[]) => Promise<void>
  /** Followers that are connected. */
  count: () => number
  goAway: () => Promise<void>
}

export const aRouteSource = async (...routes: AppRoute[]): Promise<RouteSource> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-router-'))
  const { run, feedSocket } = dataDirPaths(dir)
  await mkdir(run, { mode: 0o700 })
  const rows = new Map(routes.map((route) => [route.id, route]))
  const changes: { set: AppRoute[]; remove: string[] }[] = []
  const reports: RouterReport[] = []
  const followers = new Set<{ appliedNumber: number }>()
  let listeners: (() => void)[] = []

  const source: FeedSource<AppRoute, RouterReport> = {
    name: ROUTE_FEED,
    readTable: async () => ({ number: changes.length, rows: [...rows.values()] }),
    readChange: async (since) => ({ number: changes.length, ...sumOf(changes.slice(since)) }),
    onNews: (listener) => {
      listeners.push(listener)
      return () => (listeners = listeners.filter((one) => one !== listener))
    },
    onReport: async (_follower, _number, report) => void reports.push(report),
    onJoin: (follower) => void followers.add(follower),
    onLeave: (follower) => void followers.delete(follower),
  }
  const certificates = aCertificateSource()
  const server = await serveFeeds(feedSocket, [source, certificates.source], quiet)
  const change: RouteSource['change'] = async (made) => {
    changes.push(made)
    for (const id of made.remove) rows.delete(id)
    for (const route of made.set) rows.set(route.id, route)
    for (const listener of listeners) listener()
    const number = changes.length
    await until(
      () => [...followers].every(({ appliedNumber }) => appliedNumber >= number),
      PATIENCE,
    )
  }
  return {
    dir,
    reports,
    change,
    certify: certificates.certify,
    set: (...set) => change({ set, remove: [] }),
    remove: (...remove) => change({ set: [], remove }),
    count: () => followers.size,
    goAway: server.stop,
    [Symbol.asyncDispose]: async () => {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Sends its table anew each time. */
const aCertificateSource = () => {
  let rows: ServedCertificate[] = []
  let number = 0
  const followers = new Set<{ appliedNumber: number }>()
  const listeners = new Set<() => void>()
  const source: FeedSource<ServedCertificate, unknown> = {
    name: CERTIFICATE_FEED,
    readTable: async () => ({ number, rows }),
    readChange: async () => undefined,
    onNews: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onReport: async () => {},
    onJoin: (follower) => void followers.add(follower),
    onLeave: (follower) => void followers.delete(follower),
  }
  const certify = async (...certificates: ServedCertificate[]): Promise<void> => {
    rows = certificates
    number++
    for (const listener of listeners) listener()
    const isApplied = (): boolean =>
      [...followers].every(({ appliedNumber }) => appliedNumber >= number)
    await until(isApplied, PATIENCE)
  }
  return { source, certify }
}

/** Several changes as one, the last word of each app counting. */
const sumOf = (changes: { set: AppRoute[]; remove: string[] }[]) => {
  const last = new Map<string, AppRoute | undefined>()
  for (const { set, remove } of changes) {
    for (const id of remove) last.set(id, undefined)
    for (const route of set) last.set(route.id, route)
  }
  return {
    set: [...last.values()].filter((route) => route !== undefined),
    remove: [...last].filter(([, route]) => route === undefined).map(([id]) => id),
  }
}

export type TestRouter = AsyncDisposable & {
  port: number
  /** 0 without a certificate. */
  securePort: number
  source: RouteSource
  /** Lines written to the logs of apps. */
  lines: { appId: string; text: string }[]
  stop: () => Promise<void>
}

export type TestRouterOptions = {
  routes?: AppRoute[]
  source?: RouteSource
  /** It speaks TLS, by default with this certificate. */
  certificate?: TestCertificate
  limits?: Partial<RouterLimits>
  /** Address that it listens on. */
  host?: string
  log?: Log
}

/** A router in this process, on a free port, with deadlines looked at often. */
export const aRouter = async (options: TestRouterOptions = {}): Promise<TestRouter> => {
  const source = options.source ?? (await aRouteSource(...(options.routes ?? [])))
  const lines: TestRouter['lines'] = []
  const paths = dataDirPaths(source.dir)
  const secure = options.certificate && (await aSecureDoor(source.dir, options.certificate))
  const router = await startRouter({
    ...(secure ? { secure } : {}),
    feedSocket: paths.feedSocket,
    dir: paths.router,
    listen: { host: options.host ?? '127.0.0.1', port: 0 },
    append: (appId, { text }) => void lines.push({ appId, text }),
    log: options.log ?? quiet,
    limits: { sweepMs: 20, drainMs: 10_000, promisedRestMs: 4_000, ...options.limits },
  })
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= router.stop())
  return {
    port: router.port,
    securePort: router.securePort,
    source,
    lines,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
      if (!options.source) await source[Symbol.asyncDispose]()
    },
  }
}

const aSecureDoor = async (dir: string, { certificate, key }: TestCertificate) => {
  const certificates = { certificate: join(dir, 'server.pem'), key: join(dir, 'server.key') }
  await writeFile(certificates.certificate, certificate)
  await writeFile(certificates.key, key)
  return { listen: { host: '127.0.0.1', port: 0 }, certificates }
}

export const aRoute = (
  host: string,
  dynos: RouteDyno[],
  given: Partial<AppRoute> = {},
): AppRoute => ({
  id: newId(),
  appName: host.split('.')[0] ?? host,
  hosts: [host],
  maintenance: false,
  hasRelease: true,
  dynos,
  crashed: false,
  ...given,
})

/** A web dyno: a real server on a port of its own. */
export type TestDyno = AsyncDisposable & {
  route: RouteDyno
  /** Connections it was ever given, and those open now. */
  connections: () => number
  open: () => number
  /** Ends as a killed process does. */
  kill: () => Promise<void>
}

/** A server that is made already. */
export const aDynoOf = async (
  server: net.Server,
  given: Partial<RouteDyno> = {},
): Promise<TestDyno> => {
  const sockets = new Set<net.Socket>()
  let connections = 0
  server.on('connection', (socket: net.Socket) => {
    connections += 1
    sockets.add(
      socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0
  const kill = async (): Promise<void> => {
    const gone = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await gone
  }
  return {
    route: {
      id: newId(),
      name: 'web.1',
      host: '127.0.0.1',
      port,
      releaseVersion: 1,
      deployId: null,
      weight: 1,
      ...given,
    },
    connections: () => connections,
    open: () => sockets.size,
    kill,
    [Symbol.asyncDispose]: () => (server.listening ? kill() : Promise.resolve()),
  }
}

/** Serves HTTP as Node does. */
export const aDyno = (
  handle: http.RequestListener,
  given: Partial<RouteDyno> = {},
): Promise<TestDyno> => aDynoOf(http.createServer({ keepAliveTimeout: 60_000 }, handle), given)

/** Says what it is told to on each connection. */
export const aRawDyno = (
  handle: (socket: net.Socket) => void,
  given: Partial<RouteDyno> = {},
): Promise<TestDyno> => aDynoOf(net.createServer(handle), given)

/** Answers each request, once its head is there, with these bytes. */
export const aDynoThatSays = (text: string, given: Partial<RouteDyno> = {}): Promise<TestDyno> =>
  aRawDyno((socket) => {
    let heard = ''
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      for (let end = heard.indexOf('\r\n\r\n'); end !== -1; end = heard.indexOf('\r\n\r\n')) {
        heard = heard.slice(end + 4)
        socket.write(text, 'latin1')
      }
    })
  }, given)

/** An address where nobody listens. */
export const aClosedPort = async (): Promise<number> => {
  const dyno = await aRawDyno(() => {})
  await dyno.kill()
  return dyno.route.port
}

/** What is said on one connection, octet for octet. */
export type Conversation = Disposable & {
  socket: net.Socket
  /** All that has been heard, in latin1. */
  heard: () => string
  say: (text: string | Buffer) => void
  /** Waits for this in what is heard from now on, and returns all heard up to its end. */
  hear: (text: string) => Promise<string>
  isOver: () => boolean
  over: () => Promise<string>
}

export const converse = async (port: number, host = '127.0.0.1'): Promise<Conversation> => {
  const socket = net.connect({ port, host, noDelay: true })
  let heard = ''
  let from = 0
  let isOver = false
  socket
    .on('data', (bytes) => (heard += bytes.toString('latin1')))
    .on('error', () => {})
    .on('close', () => (isOver = true))
  await new Promise<void>((resolve, reject) =>
    socket.once('connect', resolve).once('error', reject),
  )
  return {
    socket,
    heard: () => heard,
    say: (text) => void socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text),
    hear: async (text) => {
      const what = `to hear ${JSON.stringify(text)}`
      await until(() => heard.includes(text, from) || isOver, { ...PATIENCE, what })
      const at = heard.indexOf(text, from)
      if (at === -1)
        throw new Error(`Ended before ${what}, after ${JSON.stringify(heard.slice(from))}.`)
      const said = heard.slice(from, at + text.length)
      from = at + text.length
      return said
    },
    isOver: () => isOver,
    over: async () => {
      await until(() => isOver, { ...PATIENCE, what: 'the end of the connection' })
      return heard
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

export type Answered = { status: number; headers: http.IncomingHttpHeaders; body: string }

export type AskOptions = {
  path?: string
  method?: string
  headers?: http.OutgoingHttpHeaders
  body?: string | Buffer
  agent?: http.Agent
}

/** A request as a usual client makes it. Rejects if the response does not come whole. */
export const ask = (port: number, host: string, options: AskOptions = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { body, agent, headers, ...rest } = options
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        agent: agent ?? false,
        ...rest,
        headers: { Host: host, ...headers },
      },
      (response) => {
        const parts: Buffer[] = []
        response
          .on('data', (part: Buffer) => parts.push(part))
          .on('error', reject)
          .on('close', () => {
            if (!response.complete) return reject(new Error('The response ended before its end.'))
            const { statusCode = 0, headers: answered } = response
            resolve({
              status: statusCode,
              headers: answered,
              body: Buffer.concat(parts).toString(),
            })
          })
      },
    )
    request.on('error', reject).end(body)
  })
