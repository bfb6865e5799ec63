import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Deletes the pipelines that have been without an app for 30 days. Every night; a missed night is made up for. */
export const deleteEmptyPipelinesJob = defineJob('delete-empty-pipelines', Type.Object({}), {
  schedule: '17 3 * * *',
})
