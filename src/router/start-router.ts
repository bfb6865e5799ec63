import { mkdir } from 'node:fs/promises'
import { openDoor, type Listen } from './accept.ts'
import { Crowd } from './crowd.ts'
import { Clock } from './clock.ts'
import { connectionsWithinFileLimit } from './file-limit.ts'
import { followRoutes, type FollowOptions } from './follow-routes.ts'
import { followCertificates } from './follow-certificates.ts'
import { createHandshaker, type CertificateFiles } from './handshaker.ts'
import { ROUTER_LIMITS, type RouterLimits } from './limits.ts'
import type { AppendLine } from './request-log.ts'
import type { Traffic } from './traffic.ts'

export type RouterOptions = FollowOptions & {
  listen: Listen
  /** Where TLS is spoken, if anywhere. */
  secure?: { listen: Listen; certificates: CertificateFiles }
  append: AppendLine
  limits?: Partial<RouterLimits>
}

export type Router = {
  port: number
  /** 0: TLS is spoken nowhere. */
  securePort: number
  /**
   * Takes no more connections, and resolves when those there are have ended, or what was under way on them was cut.
   * Replaced by another router, it keeps those at rest as long as their clients were promised, and answers what still
   * comes on them; for good, it closes them at once. The one may follow on the other.
   */
  stop: (how?: 'replaced' | 'for good') => Promise<void>
}

/** Accepts connections as soon as there is a table to serve them by, or none can be had. */
export const startRouter = async (options: RouterOptions): Promise<Router> => {
  const { append, log } = options
  const limits = withinFileLimit({ ...ROUTER_LIMITS, ...options.limits })
  await mkdir(options.dir, { recursive: true, mode: 0o700 })
  const clock = new Clock(limits.sweepMs)
  const [routes, certificates] = await Promise.all([
    followRoutes(options, clock),
    options.secure ? followCertificates(options) : undefined,
  ])
  const { table, meters } = routes
  const crowd = new Crowd(limits)
  clock.watched.add(crowd)
  const traffic: Traffic = {
    table,
    meters,
    limits,
    clock,
    crowd,
    securePort: 0,
    append,
    log,
    stopping: undefined,
  }
  clock.start()
  const doors = [await openDoor(options.listen, traffic)]
  if (options.secure && certificates) {
    const handshaker = await createHandshaker(
      options.secure.certificates,
      certificates.table,
      limits.headMs,
    )
    const door = await openDoor(options.secure.listen, traffic, handshaker)
    traffic.securePort = door.port
    doors.push(door)
  }
  const stop = async (): Promise<void> => {
    const longestMs = limits.promisedRestMs + MARGIN_MS + limits.headMs + limits.drainMs
    await Promise.all([
      ...doors.map((door) => door.close(longestMs)),
      routes.leaveDisk(),
      certificates?.leaveDisk(),
    ])
    clock.stop()
    routes.stop()
    certificates?.stop()
  }
  let stopped: Promise<void> | undefined
  return {
    port: doors[0]?.port ?? 0,
    securePort: traffic.securePort,
    stop: (how = 'replaced') => {
      const restMs = how === 'replaced' ? limits.promisedRestMs + MARGIN_MS : 0
      traffic.stopping = { since: traffic.stopping?.since ?? clock.now, restMs }
      return (stopped ??= stop())
    },
  }
}

/** Clients close what has rested too long a little before the time they were told, and their word has a way to go. */
const MARGIN_MS = 1_000

const withinFileLimit = (limits: RouterLimits): RouterLimits => ({
  ...limits,
  connections: Math.min(limits.connections, connectionsWithinFileLimit()),
})
