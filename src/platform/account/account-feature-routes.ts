import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { account, route } from '#/platform/route.ts'
import { listEnabledFeatures } from './account-feature-store.ts'
import { ACCOUNT_FEATURES, type AccountFeature } from './account-feature.ts'
import { getFeature, switchFeature } from './switch-feature.ts'

const UpdateFeature = Type.Object({ enabled: Type.Boolean() })

/** A client asks for a feature that the platform has not to learn whether it is there. */
export const accountFeatureRoutes = [
  route({
    method: 'GET',
    reach: 'account',
    path: '/account/features',
    access: account,
    handle: async ({ platform, actor }) => {
      const enabled = await listEnabledFeatures(platform.db, actor)
      return ACCOUNT_FEATURES.map((feature) => presentFeature(feature, enabled.has(feature.name)))
    },
  }),
  route({
    method: 'GET',
    reach: 'account',
    path: '/account/features/:feature',
    access: account,
    handle: async ({ platform, actor, params }) => {
      const feature = getFeature(params.feature)
      const enabled = await listEnabledFeatures(platform.db, actor)
      return presentFeature(feature, enabled.has(feature.name))
    },
  }),
  route({
    method: 'PATCH',
    reach: 'account',
    scope: 'global',
    path: '/account/features/:feature',
    access: account,
    body: UpdateFeature,
    handle: async ({ platform, actor, params, body: { enabled } }) =>
      presentFeature(await switchFeature(platform, actor, params.feature, enabled), enabled),
  }),
]

const SINCE = new Date('2026-01-01T00:00:00Z')

/** Heroku's account feature. */
const presentFeature = ({ name, displayName, description }: AccountFeature, enabled: boolean) => ({
  id: derivedId('account-feature', name),
  name,
  display_name: displayName,
  description,
  doc_url: '',
  feedback_email: '',
  state: 'beta',
  enabled,
  created_at: SINCE,
  updated_at: SINCE,
})
