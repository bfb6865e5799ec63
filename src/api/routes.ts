import { accountFeatureRoutes } from '#/platform/account/account-feature-routes.ts'
import { accountRoutes } from '#/platform/account/account-routes.ts'
import { authorizationRoutes } from '#/platform/account/authorization-routes.ts'
import { oauthClientRoutes } from '#/platform/account/oauth-client-routes.ts'
import { sshKeyRoutes } from '#/platform/account/ssh-key-routes.ts'
import { addOnRoutes } from '#/platform/add-on/add-on-routes.ts'
import { addOnServiceRoutes } from '#/platform/add-on/add-on-service-routes.ts'
import { attachmentRoutes } from '#/platform/add-on/attachment-routes.ts'
import { appSetupRoutes } from '#/platform/app-setup/app-setup-routes.ts'
import { appTransferRoutes } from '#/platform/app-transfer/app-transfer-routes.ts'
import { appFeatureRoutes } from '#/platform/app-feature/app-feature-routes.ts'
import { appRoutes } from '#/platform/app/app-routes.ts'
import { preAuthorizationRoutes } from '#/platform/app/pre-authorization-routes.ts'
import { collaboratorRoutes } from '#/platform/app/collaborator-routes.ts'
import { stackRoutes } from '#/platform/app/stack-routes.ts'
import { auditRoutes } from '#/platform/audit/audit-routes.ts'
import { buildRoutes } from '#/platform/build/build-routes.ts'
import { commitRoutes } from '#/platform/build/commit-routes.ts'
import { buildpackRoutes } from '#/platform/buildpack/buildpack-routes.ts'
import { registryRoutes } from '#/platform/buildpack/registry-routes.ts'
import { certificateRoutes } from '#/platform/certificate/certificate-routes.ts'
import { configVarRoutes } from '#/platform/config-var/config-var-routes.ts'
import { deployTokenRoutes } from '#/platform/deploy-token/deploy-token-routes.ts'
import { deployRoutes } from '#/platform/deploy/deploy-routes.ts'
import { formationRoutes } from '#/platform/deploy/formation-routes.ts'
import { domainRoutes } from '#/platform/domain/domain-routes.ts'
import { dynoRoutes } from '#/platform/dyno/dyno-routes.ts'
import { dynoSizeRoutes } from '#/platform/formation/dyno-size-routes.ts'
import { logDrainRoutes } from '#/platform/log-drain/log-drain-routes.ts'
import { logSessionRoutes } from '#/platform/log/log-session-routes.ts'
import { masterKeyRoutes } from '#/platform/master-key/master-key-routes.ts'
import { couplingRoutes } from '#/platform/pipeline/coupling-routes.ts'
import { ephemeralRoutes } from '#/platform/pipeline/ephemeral-routes.ts'
import { latestRoutes } from '#/platform/pipeline/latest-routes.ts'
import { metricRoutes } from '#/platform/metric/metric-routes.ts'
import { pageRoutes } from '#/platform/page/page-routes.ts'
import { pipelineRoutes } from '#/platform/pipeline/pipeline-routes.ts'
import { stageRoutes } from '#/platform/pipeline/stage-routes.ts'
import { configMarkRoutes } from '#/platform/pipeline/config-mark-routes.ts'
import { pathRuleRoutes } from '#/platform/pipeline/path-rule-routes.ts'
import { pipelineConfigRoutes } from '#/platform/pipeline/pipeline-config-routes.ts'
import { promotionRoutes } from '#/platform/promotion/promotion-routes.ts'
import { releaseRoutes } from '#/platform/release/release-routes.ts'
import { webhookRoutes } from '#/platform/webhook/webhook-routes.ts'
import { stagePolicyRoutes } from '#/platform/stage-policy/stage-policy-routes.ts'
import type { Route } from '#/platform/route.ts'
import { slugUploadRoutes } from '#/platform/slug-upload/slug-upload-routes.ts'
import { cliLoginPages } from '#/platform/sign-in/cli-login-pages.ts'
import { cliLoginRoutes } from '#/platform/sign-in/cli-login-routes.ts'
import { openIdPages } from '#/platform/sign-in/open-id-pages.ts'
import { ownAccountRoutes } from '#/platform/sign-in/own-account-routes.ts'
import { resetPages } from '#/platform/sign-in/reset-pages.ts'
import { resetRoutes } from '#/platform/sign-in/reset-routes.ts'
import { sessionRoutes } from '#/platform/sign-in/session-routes.ts'
import { settingsPages } from '#/platform/sign-in/settings-pages.ts'
import { setupPages } from '#/platform/sign-in/setup-pages.ts'
import { signInPages } from '#/platform/sign-in/sign-in-pages.ts'
import { twoFactorRoutes } from '#/platform/sign-in/two-factor-routes.ts'
import { slugRoutes } from '#/platform/slug/slug-routes.ts'
import { sourceRoutes } from '#/platform/source/source-routes.ts'
import { invitationPages } from '#/platform/team/invitation-pages.ts'
import { memberRoutes } from '#/platform/team/member-routes.ts'
import { teamRoutes } from '#/platform/team/team-routes.ts'
import { trafficRoutes } from '#/platform/traffic/traffic-routes.ts'
import { eventStreamRoutes } from '#/platform/event-stream/event-stream-routes.ts'
import { dashboardRoutes } from './dashboard-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { statusRoutes } from './status-routes.ts'

/** Every route there is: a new noun adds its table here. */
export const routes: Route[] = [
  ...dashboardRoutes,
  ...eventStreamRoutes,
  ...healthRoutes,
  ...statusRoutes,
  ...accountRoutes,
  ...accountFeatureRoutes,
  ...authorizationRoutes,
  ...ownAccountRoutes,
  ...sessionRoutes,
  ...twoFactorRoutes,
  ...pageRoutes,
  ...signInPages,
  ...setupPages,
  ...settingsPages,
  ...resetPages,
  ...openIdPages,
  ...resetRoutes,
  ...cliLoginRoutes,
  ...cliLoginPages,
  ...oauthClientRoutes,
  ...sshKeyRoutes,
  ...teamRoutes,
  ...memberRoutes,
  ...invitationPages,
  ...appRoutes,
  ...preAuthorizationRoutes,
  ...collaboratorRoutes,
  ...appTransferRoutes,
  ...stackRoutes,
  ...logSessionRoutes,
  ...logDrainRoutes,
  ...metricRoutes,
  ...releaseRoutes,
  ...dynoSizeRoutes,
  ...dynoRoutes,
  ...deployRoutes,
  ...formationRoutes,
  ...configVarRoutes,
  ...appFeatureRoutes,
  ...trafficRoutes,
  ...certificateRoutes,
  ...domainRoutes,
  ...buildpackRoutes,
  ...registryRoutes,
  ...appSetupRoutes,
  ...slugRoutes,
  ...slugUploadRoutes,
  ...sourceRoutes,
  ...buildRoutes,
  ...commitRoutes,
  ...addOnServiceRoutes,
  ...addOnRoutes,
  ...attachmentRoutes,
  ...pipelineRoutes,
  ...stageRoutes,
  ...configMarkRoutes,
  ...pathRuleRoutes,
  ...pipelineConfigRoutes,
  ...couplingRoutes,
  ...ephemeralRoutes,
  ...latestRoutes,
  ...stagePolicyRoutes,
  ...webhookRoutes,
  ...promotionRoutes,
  ...auditRoutes,
  ...masterKeyRoutes,
  ...deployTokenRoutes,
]
