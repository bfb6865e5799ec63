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
  /** Takes no more connections, ends those at rest, and resolves when what is under way has ended or was cut. */
  stop: () => Promise<void>
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
    isStopping: false,
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
  return {
    port: doors[0]?.port ?? 0,
    securePort: traffic.securePort,
    stop: async () => {
      traffic.isStopping = true
      await Promise.all([
        ...doors.map((door) => door.close(limits.drainMs)),
        routes.leaveDisk(),
        certificates?.leaveDisk(),
      ])
      clock.stop()
      routes.stop()
      certificates?.stop()
    },
  }
}

const withinFileLimit = (limits: RouterLimits): RouterLimits => ({
  ...limits,
  connections: Math.min(limits.connections, connectionsWithinFileLimit()),
})
