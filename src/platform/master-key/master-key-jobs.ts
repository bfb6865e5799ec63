import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** `from`: the id of the key that is to be replaced, so that two requests make one rotation. */
export const rotateMasterKeyJob = defineJob(
  'rotate-master-key',
  Type.Object({ from: Type.String() }),
  { maxAttempts: 1_000 },
)
