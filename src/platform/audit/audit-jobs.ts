import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Some minutes after each hour, when it may be sealed. */
export const sealEventsJob = defineJob('seal-events', Type.Object({}), { schedule: '7 * * * *' })
