import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Gives back the disk of slugs that no app can want again. */
export const sweepSlugsJob = defineJob('sweep-slugs', Type.Object({}), { schedule: '23 4 * * *' })
