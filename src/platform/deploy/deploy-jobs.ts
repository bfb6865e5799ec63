import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Runs an app's unfinished deploys, oldest first. Enqueued with each deploy, in the app's own queue. */
export const runDeploysJob = defineJob('run-deploys', Type.Object({ appId: Type.String() }))

/** Waits until the dynos that a deploy replaced have answered their last requests, stops them and keeps the evidence. */
export const stopRetiredJob = defineJob(
  'stop-retired-dynos',
  Type.Object({ deployId: Type.String(), dynoIds: Type.Array(Type.String()) }),
)

/** Undoes a watched release if one of its dynos has crashed. Enqueued by the database with each crash. */
export const rollBackCrashedJob = defineJob(
  'roll-back-crashed',
  Type.Object({ releaseId: Type.String() }),
)

/** Restarts dynos that have run for a day. */
export const cycleDynosJob = defineJob('cycle-dynos', Type.Object({}), {
  schedule: '*/10 * * * *',
})

export const deployQueue = (appId: string): string => `deploys:${appId}`
