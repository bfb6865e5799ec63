import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Removes sessions, links, logins and counted attempts whose time has passed. */
export const tidySignInsJob = defineJob('tidy-sign-ins', Type.Object({}), {
  schedule: '41 * * * *',
})

const Text = Type.Union([Type.String(), Type.Null()])

export const sendResetJob = defineJob(
  'send-reset',
  Type.Object({ email: Type.String(), requestId: Text, remoteAddress: Text }),
)
