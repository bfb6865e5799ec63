import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Removes what a destroyed app has on disk. */
export const removeAppFilesJob = defineJob(
  'remove-app-files',
  Type.Object({ appId: Type.String() }),
)
