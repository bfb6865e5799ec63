import { request, type Agent, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { messageOf } from '#/foundation/errors.ts'
import { SLOW_MS, TICKS } from './deploy-app.ts'

/** What the app says of itself (see deploy-app.ts). */
type About = { app: string; began: number; got?: number }
type Event = About & { tick: number }

/** Where visitors go, and what they report. */
export type Visitors = {
  port: number
  /** What came of a visit. `scheduledAt`: when it was due, by performance.now(). */
  note: (visit: { kind: string; scheduledAt: number; error?: string }) => void
  /** Which release a process belongs to, by when it began: a number that rises with every one. */
  releaseAt: (began: number) => number
}

type Visit = {
  app: string
  kind: 'page' | 'slow' | 'upload' | 'events'
  agent: Agent | false
  scheduledAt: number
}

const PATHS = { page: '/', slow: '/slow', upload: '/upload', events: '/events' }
const LIMIT_MS = 20_000
const UPLOAD_BYTES = 1_000_000
const UPLOAD_PARTS = 10
const UPLOAD_MS = 2_000

/** Newest release of an app that has answered on a connection. */
const answeredOn = new WeakMap<Socket, Record<string, number>>()

/** One request, and what is wrong with its answer if anything is. */
export const visit = async (visitors: Visitors, one: Visit): Promise<void> => {
  const { kind, scheduledAt } = one
  try {
    const { response, body, socket } = await ask(visitors, one)
    const error = faultOf(visitors, one, { status: response.statusCode ?? 0, body, socket })
    visitors.note({ kind, scheduledAt, ...(error === undefined ? {} : { error }) })
  } catch (error) {
    visitors.note({ kind, scheduledAt, error: `${kind}: ${messageOf(error)}` })
  }
}

const ask = (
  { port }: Visitors,
  { app, kind, agent }: Visit,
): Promise<{ response: IncomingMessage; body: string; socket: Socket | undefined }> =>
  new Promise((resolve, reject) => {
    let socket: Socket | undefined
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: PATHS[kind],
        agent,
        method: kind === 'upload' ? 'POST' : 'GET',
        headers: {
          host: `${app}.localhost`,
          ...(kind === 'upload' ? { 'content-length': UPLOAD_BYTES } : {}),
        },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (some: string) => (body += some))
        response.once('error', reject)
        response.once('end', () => resolve({ response, body, socket }))
      },
    )
    asked.once('socket', (its) => (socket = its))
    asked.once('error', reject)
    asked.setTimeout(LIMIT_MS, () => asked.destroy(new Error(`silent for ${LIMIT_MS} ms`)))
    if (kind === 'upload') sendSlowly(asked)
    else asked.end()
  })

/** A body in parts, over some seconds. */
const sendSlowly = (asked: ReturnType<typeof request>): void => {
  asked.flushHeaders()
  const part = Buffer.alloc(UPLOAD_BYTES / UPLOAD_PARTS, 'u')
  let sent = 0
  const timer = setInterval(() => {
    sent += 1
    asked.write(part)
    if (sent === UPLOAD_PARTS) asked.end()
    if (sent === UPLOAD_PARTS || asked.destroyed) clearInterval(timer)
  }, UPLOAD_MS / UPLOAD_PARTS)
  asked.once('close', () => clearInterval(timer))
}

/** What is wrong with an answer. */
const faultOf = (
  { releaseAt }: Visitors,
  { app, kind, scheduledAt }: Visit,
  { status, body, socket }: { status: number; body: string; socket: Socket | undefined },
): string | undefined => {
  if (status !== 200) return `${kind}: answered ${status} ${body.slice(0, 60)}`
  if (kind === 'events') return faultOfEvents(body, app)
  const about = JSON.parse(body) as About
  if (about.app !== app) return `wrong app: ${about.app} answered for ${app}`
  if (kind === 'upload' && about.got !== UPLOAD_BYTES) return `${kind}: ${about.got} bytes arrived`
  if (kind === 'slow' && performance.now() - scheduledAt < SLOW_MS) return `${kind}: answered early`
  return socket === undefined ? undefined : turnOf(socket, app, releaseAt(about.began))
}

/** All events there are, in their order, from one and the same process of the app. */
const faultOfEvents = (body: string, app: string): string | undefined => {
  const parts = body.split('\n\n')
  if (parts.pop() !== '' || parts.length !== TICKS) return `events: cut after ${parts.length}`
  const events = parts.map((part) => JSON.parse(part.replace('data: ', '')) as Event)
  const other = events.find((one) => one.app !== app)
  if (other) return `wrong app: ${other.app} sent events for ${app}`
  const isInOrder = events.every(({ tick, began }, at) => tick === at && began === events[0]?.began)
  return isInOrder ? undefined : 'events: out of order, or of more than one process'
}

/** Complains if an older release of an app answers where a newer one has. */
const turnOf = (socket: Socket, app: string, release: number): string | undefined => {
  const answered = answeredOn.get(socket) ?? {}
  const before = answered[app] ?? release
  answeredOn.set(socket, { ...answered, [app]: Math.max(before, release) })
  return release < before ? `backwards: release ${release} after ${before}` : undefined
}
