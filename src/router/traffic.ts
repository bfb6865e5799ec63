import type { Log } from '#/foundation/log.ts'
import type { Clock } from './clock.ts'
import type { Crowd } from './crowd.ts'
import type { RouterLimits } from './limits.ts'
import type { Meters } from './meters.ts'
import type { AppendLine } from './request-log.ts'
import type { RouteTable } from './route-table.ts'

/** What every connection and exchange of this router shares. */
export type Traffic = {
  table: RouteTable
  limits: RouterLimits
  clock: Clock
  crowd: Crowd
  /** The port where TLS is spoken; 0: nowhere. */
  securePort: number
  append: AppendLine
  meters: Meters
  log: Log
  /** The router is about to end: each answer says that it is the connection's last. Undefined: it is not. */
  stopping: Stopping | undefined
}

export type Stopping = {
  /** On the router's clock. */
  since: number
  /** How long connections are kept on which nothing comes. */
  restMs: number
}
