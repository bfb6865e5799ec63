import { CHANGE_FAULTS } from './change-faults.ts'
import { DYNO_FAULTS } from './dyno-faults.ts'
import { FAILPOINT_FAULTS } from './failpoint-faults.ts'
import type { Fault } from './fault.ts'
import { PROCESS_FAULTS } from './process-faults.ts'

export const FAULTS: Fault[] = [
  ...PROCESS_FAULTS,
  ...FAILPOINT_FAULTS,
  ...DYNO_FAULTS,
  ...CHANGE_FAULTS,
]
