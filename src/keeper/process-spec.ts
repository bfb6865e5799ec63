import type { ProcessIdentity } from '#/foundation/process-identity.ts'
import type { HeldPort } from './held-port.ts'

/** How one process of the platform is started, judged and ended. */
export type ProcessSpec = {
  name: string
  command: [string, ...string[]]
  env: Record<string, string>
  /** It gets these ports as descriptors, from 3 on, and listens there. */
  ports?: HeldPort[]
  /** How many descriptors of each port it gets (1 unless said): all ports once, then all of them again. */
  descriptorsOfPort?: number
  /** What must be so before each start. Throws if it cannot be; gives up when the signal says so. */
  prepare?: (signal: AbortSignal) => Promise<void>
  /** Does it do its work? Without it: it accepts on its ports, or merely runs. */
  isReady?: (process: ProcessIdentity) => boolean
  /** One that runs although no record tells of it; else it is found by its environment. */
  find?: () => ProcessIdentity | undefined
  /**
   * How new code takes over: `beside` starts the successor before the old one is told to end, `after` once it has
   * ended, `never` leaves it alone.
   */
  succession: 'beside' | 'after' | 'never'
  /** When the platform goes down. */
  ends: 'before the dynos' | 'after the dynos' | 'last'
  stopSignal: NodeJS.Signals
  /** When its successor has taken over, if that is another. */
  leaveSignal?: NodeJS.Signals
  /** How long it may take to end before it is killed: when its successor has taken over, and when the platform goes down. */
  leaveLimitMs: number
  stopLimitMs: number
}
