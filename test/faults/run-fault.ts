import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '#/foundation/errors.ts'
import type { Fault } from './fault.ts'
import type { FaultPlatform } from './fault-platform.ts'
import { checkInvariants } from './invariants.ts'
import { observe } from './observe.ts'
import { seededRandom } from './random.ts'
import { startVisits, startWorkload, type Record } from './workload.ts'

/** Load, the fault, healing, quiet, and then the invariants over what was recorded. `problems` is empty if it was borne. */
export const runFault = async (
  platform: FaultPlatform,
  fault: Fault,
  seed: number,
): Promise<{ problems: string[]; record: Record }> => {
  const random = seededRandom(seed)
  const load = fault.load === 'visits' ? startVisits(platform) : startWorkload(platform, random)
  const problems: string[] = []
  // What the others' visits take without it.
  if (fault.allowance?.of !== undefined) await pause(BEFORE_MS)
  load.record.faultAt = Date.now()
  try {
    problems.push(...(await fault.inject({ platform, random, record: load.record })))
  } catch (error) {
    problems.push(`the fault could not be made: ${messageOf(error)}`)
  }
  const record = await load.stop()
  const promotions = record.changes.filter(
    ({ kind, acknowledged }) => kind === 'promote' && acknowledged,
  )
  const seen = await observe(
    platform,
    promotions.map(({ wanted }) => wanted),
  )
  problems.push(...checkInvariants(seen, record, fault.allowance))
  return { problems, record }
}

const BEFORE_MS = 5_000
