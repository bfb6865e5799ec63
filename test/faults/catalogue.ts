import { CHANGE_FAULTS } from './change-faults.ts'
import { DAMAGE_FAULTS } from './damage-faults.ts'
import { DYNO_FAULTS } from './dyno-faults.ts'
import { FAILPOINT_FAULTS } from './failpoint-faults.ts'
import type { Fault } from './fault.ts'
import { FLOOD_FAULTS } from './flood-faults.ts'
import { PROCESS_FAULTS } from './process-faults.ts'
import { RELEASE_FAULTS } from './release-faults.ts'
import { REQUEST_FAULTS } from './request-faults.ts'

export const FAULTS: Fault[] = [
  ...PROCESS_FAULTS,
  ...FAILPOINT_FAULTS,
  ...DYNO_FAULTS,
  ...FLOOD_FAULTS,
  ...REQUEST_FAULTS,
  ...RELEASE_FAULTS,
  ...CHANGE_FAULTS,
  ...DAMAGE_FAULTS,
]
