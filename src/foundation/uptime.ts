import { readFileSync } from 'node:fs'
import { bootId } from '#/foundation/process-identity.ts'

/** Milliseconds since the machine was started, whatever its clock was set to meanwhile. */
export const uptimeMs = (): number =>
  Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000

/** A moment that another process can still count from. */
export type Moment = { bootId: string; uptimeMs: number }

export const thisMoment = (): Moment => ({ bootId: bootId(), uptimeMs: uptimeMs() })

/** Infinity if the machine was started again since. */
export const msSince = (moment: Moment): number =>
  moment.bootId === bootId() ? uptimeMs() - moment.uptimeMs : Infinity
