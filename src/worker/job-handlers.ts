import { handleJob, type JobHandler } from '#/foundation/jobs.ts'
import { config } from '#/foundation/config.ts'
import { requestAddOnCluster } from '#/foundation/add-on-cluster.ts'
import { deprovisionAddOnJob, provisionAddOnJob } from '#/platform/add-on/add-on-jobs.ts'
import { deprovisionAddOn } from '#/platform/add-on/deprovision-add-on.ts'
import { provisionAddOn, type AddOnNeeds } from '#/platform/add-on/provision-add-on.ts'
import { removeAppFilesJob } from '#/platform/app-setup/app-setup-jobs.ts'
import { removeAppFiles } from '#/platform/app-setup/remove-app-files.ts'
import { sealEventsJob } from '#/platform/audit/audit-jobs.ts'
import { dropOldEvents } from '#/platform/audit/drop-old-events.ts'
import { sealEvents } from '#/platform/audit/seal-events.ts'
import { runBuildJob, tidyBuildsJob, tidyRepositoriesJob } from '#/platform/build/build-jobs.ts'
import type { BuildNeeds } from '#/platform/build/build-runner.ts'
import { createBuildSlots } from '#/platform/build/build-slots.ts'
import { dropOutputs } from '#/platform/build/drop-outputs.ts'
import { runBuild } from '#/platform/build/run-build.ts'
import { tidyBuilds } from '#/platform/build/tidy-builds.ts'
import { tidyRepositories } from '#/platform/build/tidy-repositories.ts'
import { cycleDynos } from '#/platform/deploy/cycle-dynos.ts'
import {
  cycleDynosJob,
  rollBackCrashedJob,
  runDeploysJob,
  stopRetiredJob,
} from '#/platform/deploy/deploy-jobs.ts'
import { rollBackCrashed } from '#/platform/deploy/roll-back-crashed.ts'
import { runDeploys } from '#/platform/deploy/run-deploys.ts'
import { stopRetiredDynos } from '#/platform/deploy/stop-retired.ts'
import { rotateMasterKeyJob } from '#/platform/master-key/master-key-jobs.ts'
import { rotateMasterKey } from '#/platform/master-key/rotate-master-key.ts'
import { dropOldMetrics } from '#/platform/metric/drop-old-metrics.ts'
import { dropOldMetricsJob } from '#/platform/metric/metric-jobs.ts'
import { deleteEmptyPipelines } from '#/platform/pipeline/delete-empty-pipelines.ts'
import { deleteEmptyPipelinesJob } from '#/platform/pipeline/pipeline-jobs.ts'
import { sendMailJob } from '#/platform/mail/mail-jobs.ts'
import { sendMail } from '#/platform/mail/send-mail.ts'
import { recordPlanJob, settlePromotionJob } from '#/platform/promotion/promotion-jobs.ts'
import { recordPlan } from '#/platform/promotion/record-plan.ts'
import { settlePromotion } from '#/platform/promotion/settle-promotion.ts'
import { deliverWebhook } from '#/platform/webhook/deliver-webhook.ts'
import { deliverWebhookJob } from '#/platform/webhook/webhook-jobs.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { sweepSlugsJob } from '#/platform/slug/slug-jobs.ts'
import { sweepSlugs } from '#/platform/slug/sweep-slugs.ts'
import { sendReset } from '#/platform/sign-in/reset-password.ts'
import { sendResetJob, tidySignInsJob } from '#/platform/sign-in/sign-in-jobs.ts'
import { tidySignIns } from '#/platform/sign-in/tidy-sign-ins.ts'
import { sweepSourcesJob } from '#/platform/source/source-jobs.ts'
import { sweepSources } from '#/platform/source/sweep-sources.ts'

/** Every kind of job with what does it: a new noun adds its own here. */
export const jobHandlers = (platform: Platform): JobHandler[] => [
  handleJob(runDeploysJob, ({ appId }, context) => runDeploys(platform, appId, context)),
  handleJob(stopRetiredJob, (args, context) => stopRetiredDynos(platform, args, context.signal)),
  handleJob(recordPlanJob, (args) => recordPlan(platform, args)),
  handleJob(settlePromotionJob, (args) => settlePromotion(platform, args)),
  handleJob(deliverWebhookJob, (args, context) => deliverWebhook(platform, args, context)),
  handleJob(rollBackCrashedJob, (args) => rollBackCrashed(platform, args)),
  handleJob(cycleDynosJob, () => cycleDynos(platform)),
  ...buildHandlers({
    ...platform,
    slots: createBuildSlots(config.buildsAtOnce, MOST_WAITING_BUILDS),
  }),
  handleJob(sweepSlugsJob, () => sweepSlugs(platform)),
  handleJob(tidySignInsJob, () => tidySignIns(platform)),
  handleJob(sendResetJob, ({ email, ...origin }) =>
    sendReset(platform, email, { ...systemActor('password reset'), ...origin }),
  ),
  handleJob(sendMailJob, (args) => sendMail(platform, args)),
  handleJob(sweepSourcesJob, () => sweepSources(platform)),
  handleJob(removeAppFilesJob, (args) => removeAppFiles(platform, args)),
  handleJob(provisionAddOnJob, (args, context) =>
    provisionAddOn(addOnNeeds(platform), args, context),
  ),
  handleJob(deprovisionAddOnJob, (args) => deprovisionAddOn(addOnNeeds(platform), args)),
  handleJob(deleteEmptyPipelinesJob, () => deleteEmptyPipelines(platform)),
  handleJob(dropOldMetricsJob, (_args, { signal }) => dropOldMetrics(platform, signal)),
  handleJob(rotateMasterKeyJob, (args) => rotateMasterKey(platform, args, sendMailJob.name)),
  handleJob(sealEventsJob, async (_args, { signal }) => {
    await sealEvents(platform, { signal })
    await dropOldEvents(platform, config.eventRetentionDays, signal)
  }),
]

/** Each holds one of the worker's places; more come back later. */
const MOST_WAITING_BUILDS = 6

const buildHandlers = (needs: BuildNeeds): JobHandler[] => [
  handleJob(runBuildJob, ({ buildId }, context) => runBuild(needs, buildId, context)),
  handleJob(tidyBuildsJob, () => tidyBuilds(needs)),
  handleJob(tidyRepositoriesJob, async () => {
    await dropOutputs(needs)
    await tidyRepositories(needs)
  }),
]

const addOnNeeds = (platform: Platform): AddOnNeeds => ({
  ...platform,
  requestCluster: () => requestAddOnCluster(platform.paths.root),
})
