import { mkdir } from 'node:fs/promises'
import { openDoor, type Listen } from './accept.ts'
import { Clock } from './clock.ts'
import { connectionsWithinFileLimit } from './file-limit.ts'
import { followRoutes, type FollowOptions } from './follow-routes.ts'
import { ROUTER_LIMITS, type RouterLimits } from './limits.ts'
import type { AppendLine } from './request-log.ts'
import type { Traffic } from './traffic.ts'

export type RouterOptions = FollowOptions & {
  listen: Listen
  append: AppendLine
  limits?: Partial<RouterLimits>
}

export type Router = {
  port: number
  /** Takes no more connections, ends those at rest, and resolves when what is under way has ended or was cut. */
  stop: () => Promise<void>
}

/** Accepts connections as soon as there is a table to serve them by, or none can be had. */
export const startRouter = async (options: RouterOptions): Promise<Router> => {
  const { append, log } = options
  const limits = withinFileLimit({ ...ROUTER_LIMITS, ...options.limits })
  await mkdir(options.dir, { recursive: true, mode: 0o700 })
  const clock = new Clock(limits.sweepMs)
  const routes = await followRoutes(options, clock)
  const { table, meters } = routes
  const traffic: Traffic = { table, meters, limits, clock, append, log, isStopping: false }
  clock.start()
  const door = await openDoor(options.listen, traffic)
  return {
    port: door.port,
    stop: async () => {
      traffic.isStopping = true
      await Promise.all([door.close(limits.drainMs), routes.leaveDisk()])
      clock.stop()
      routes.stop()
    },
  }
}

const withinFileLimit = (limits: RouterLimits): RouterLimits => ({
  ...limits,
  connections: Math.min(limits.connections, connectionsWithinFileLimit()),
})
