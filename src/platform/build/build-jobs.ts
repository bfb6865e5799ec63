import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Makes a slug and a release of a build's code. Enqueued with each build, in the app's own queue. */
export const runBuildJob = defineJob('run-build', Type.Object({ buildId: Type.String() }))

/** Moves the branches of pushes whose client and control plane have gone, and removes what killed builds left. */
export const tidyBuildsJob = defineJob('tidy-builds', Type.Object({}), {
  schedule: '*/10 * * * *',
})

/** Makes the repositories of apps small again, and removes what destroyed apps left of their builds. */
export const tidyRepositoriesJob = defineJob('tidy-repositories', Type.Object({}), {
  schedule: '43 3 * * *',
})

/** Builds of an app run one after another, in the order in which they were asked for. */
export const buildQueue = (appId: string): string => `builds:${appId}`
