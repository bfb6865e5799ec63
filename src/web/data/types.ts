import type { presentAccount } from '#/platform/account/account-schema.ts'
import type { presentOauthClient } from '#/platform/account/oauth-client-schema.ts'
import type { presentSshKey } from '#/platform/account/ssh-key-schema.ts'
import type { presentAuthorization } from '#/platform/account/authorization-schema.ts'
import type {
  presentAddOn,
  presentAttachment,
  presentPlan,
} from '#/platform/add-on/add-on-schema.ts'
import type { presentAppFeature } from '#/platform/app-feature/app-feature-schema.ts'
import type { presentApp } from '#/platform/app/app-schema.ts'
import type { presentCollaborator } from '#/platform/app/collaborator-schema.ts'
import type { presentTransfer as presentAppTransfer } from '#/platform/app-transfer/app-transfer-schema.ts'
import type { PresentedEvent } from '#/platform/audit/audit-schema.ts'
import type { presentBuild } from '#/platform/build/build-schema.ts'
import type { presentBranch, presentSlugCommit } from '#/platform/build/commit-schema.ts'
import type { presentBuildpackInstallation } from '#/platform/buildpack/buildpack-schema.ts'
import type { presentCertificate } from '#/platform/certificate/certificate-schema.ts'
import type { presentDeploy } from '#/platform/deploy/deploy-schema.ts'
import type { presentDomain } from '#/platform/domain/domain-schema.ts'
import type { presentDyno } from '#/platform/dyno/dyno-schema.ts'
import type { presentDynoSize, presentProcessType } from '#/platform/formation/formation-schema.ts'
import type { presentDeployToken } from '#/platform/deploy-token/deploy-token-schema.ts'
import type { presentLogDrain } from '#/platform/log-drain/log-drain-schema.ts'
import type { presentLogSession } from '#/platform/log/log-session-schema.ts'
import type { presentMetrics } from '#/platform/metric/metric-schema.ts'
import type { presentMark } from '#/platform/pipeline/config-mark-schema.ts'
import type {
  presentEphemeralCollaborator,
  presentTeamEphemeralApps,
} from '#/platform/pipeline/ephemeral-schema.ts'
import type { presentCoupling, presentPipeline } from '#/platform/pipeline/pipeline-schema.ts'
import type { presentPlan as presentPromotionPlan } from '#/platform/promotion/promotion-plan-schema.ts'
import type { presentStage } from '#/platform/pipeline/stage-schema.ts'
import type {
  presentPromotion,
  presentRecord,
  presentTarget,
} from '#/platform/promotion/promotion-schema.ts'
import type { presentRelease } from '#/platform/release/release-schema.ts'
import type { presentSlug } from '#/platform/slug/slug-schema.ts'
import type {
  presentApproval,
  presentFreeze,
  presentPolicy,
} from '#/platform/stage-policy/stage-policy-schema.ts'
import type { presentSession } from '#/platform/sign-in/sign-in-schema.ts'
import type {
  presentInvitation,
  presentPreferences,
  presentTeam,
  presentTeamMember,
} from '#/platform/team/team-schema.ts'
import type { presentTraffic } from '#/platform/traffic/traffic-schema.ts'
import type { presentDelivery, presentWebhook } from '#/platform/webhook/webhook-schema.ts'
import type { Json } from './client.ts'

type Presented<Present extends (...args: never[]) => unknown> = Json<ReturnType<Present>>

export type Account = Presented<typeof presentAccount>
export type AddOn = Presented<typeof presentAddOn>
export type AddOnPlan = Presented<typeof presentPlan>
export type Attachment = Presented<typeof presentAttachment>
export type AppFeature = Presented<typeof presentAppFeature>
export type AppTransfer = Presented<typeof presentAppTransfer>
export type Approval = Presented<typeof presentApproval>
export type Authorization = Presented<typeof presentAuthorization>
export type App = Presented<typeof presentApp>
export type Branch = Presented<typeof presentBranch>
export type Build = Presented<typeof presentBuild>
export type BuildpackInstallation = Presented<typeof presentBuildpackInstallation>
export type Certificate = Presented<typeof presentCertificate>
export type Collaborator = Presented<typeof presentCollaborator>
export type ConfigMark = Presented<typeof presentMark>
export type Coupling = Presented<typeof presentCoupling>
export type Deploy = Presented<typeof presentDeploy>
export type DeployToken = Presented<typeof presentDeployToken>
export type Domain = Presented<typeof presentDomain>
export type Dyno = Presented<typeof presentDyno>
export type DynoSize = Presented<typeof presentDynoSize>
export type EphemeralCollaborator = Presented<typeof presentEphemeralCollaborator>
export type Event = Json<PresentedEvent>
export type Freeze = Presented<typeof presentFreeze>
/** Its link is there once, for whoever invites, where no mail is sent. */
export type Invitation = Presented<typeof presentInvitation> & { accept_url?: string }
export type LogDrain = Presented<typeof presentLogDrain>
export type LogSession = Presented<typeof presentLogSession>
export type Metrics = Presented<typeof presentMetrics>
export type OauthClient = Presented<typeof presentOauthClient>
export type Pipeline = Presented<typeof presentPipeline>
export type PipelineStage = Presented<typeof presentStage>
export type ProcessType = Presented<typeof presentProcessType>
export type Promotion = Presented<typeof presentPromotion>
export type PromotionPlan = Presented<typeof presentPromotionPlan>
export type PromotionRecord = Omit<Presented<typeof presentRecord>, 'plan'> & {
  /** What it changed; none in a list, nor where an app has been destroyed since. */
  plan: PromotionPlan | null
}
export type PromotionTarget = Presented<typeof presentTarget>
export type Release = Presented<typeof presentRelease>
export type Session = Presented<typeof presentSession>
export type Slug = Presented<typeof presentSlug>
export type SlugCommit = Presented<typeof presentSlugCommit>
export type SshKey = Presented<typeof presentSshKey>
export type StagePolicy = Presented<typeof presentPolicy>
export type Team = Presented<typeof presentTeam>
export type TeamEphemeralApps = Presented<typeof presentTeamEphemeralApps>
export type TeamMember = Presented<typeof presentTeamMember>
export type TeamPreferences = Presented<typeof presentPreferences>
export type Traffic = Presented<typeof presentTraffic>
/** Its secret is there once, for whoever adds it. */
export type Webhook = Presented<typeof presentWebhook> & { secret?: string }
export type WebhookDelivery = Presented<typeof presentDelivery>
