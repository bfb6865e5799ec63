import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Removes uploaded tarballs whose URLs ended long ago, and what broken uploads (also of slugs) and earlier ones left. */
export const sweepSourcesJob = defineJob('sweep-sources', Type.Object({}), {
  schedule: '17 * * * *',
})
