import { handleJob, type JobHandler } from '#/foundation/jobs.ts'
import { removeAppFilesJob } from '#/platform/app-setup/app-setup-jobs.ts'
import { removeAppFiles } from '#/platform/app-setup/remove-app-files.ts'
import { runDeploysJob, stopRetiredJob } from '#/platform/deploy/deploy-jobs.ts'
import { runDeploys } from '#/platform/deploy/run-deploys.ts'
import { stopRetiredDynos } from '#/platform/deploy/stop-retired.ts'
import type { Platform } from '#/platform/platform.ts'

/** Every kind of job with what does it: a new noun adds its own here. */
export const jobHandlers = (platform: Platform): JobHandler[] => [
  handleJob(runDeploysJob, ({ appId }, context) => runDeploys(platform, appId, context)),
  handleJob(stopRetiredJob, (args, context) => stopRetiredDynos(platform, args, context.signal)),
  handleJob(removeAppFilesJob, (args) => removeAppFiles(platform, args)),
]
