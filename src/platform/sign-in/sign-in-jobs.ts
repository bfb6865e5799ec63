import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Removes sessions, links, logins and counted attempts whose time has passed. */
export const tidySignInsJob = defineJob('tidy-sign-ins', Type.Object({}), {
  schedule: '41 * * * *',
})
