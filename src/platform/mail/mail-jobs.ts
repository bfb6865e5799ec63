import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Some three hours of tries; whoever waits for a mail has asked again by then. */
const MOST_TRIES = 12

/** Sealed, since a mail may hold a link that signs its reader in, and jobs lie in the database in plain text. */
export const sendMailJob = defineJob('send-mail', Type.Object({ sealed: Type.String() }), {
  maxAttempts: MOST_TRIES,
})
