import type { Log } from '#/foundation/log.ts'
import type { Clock } from './clock.ts'
import type { RouterLimits } from './limits.ts'
import type { Meters } from './meters.ts'
import type { AppendLine } from './request-log.ts'
import type { RouteTable } from './route-table.ts'

/** What every connection and exchange of this router shares. */
export type Traffic = {
  table: RouteTable
  limits: RouterLimits
  clock: Clock
  append: AppendLine
  meters: Meters
  log: Log
  /** The router is about to end: each answer says that it is the connection's last. */
  isStopping: boolean
}
