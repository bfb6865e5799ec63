import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

export const dropOldMetricsJob = defineJob('drop-old-metrics', Type.Object({}), {
  schedule: '23 * * * *',
})
