import { notFound } from '#/foundation/errors.ts'
import { accessName, onApp } from '#/platform/app/app-access.ts'
import type { App } from '#/platform/app/app.ts'
import { route, type ScopedAccess } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import type { Permission } from '#/platform/team/team.ts'
import { presentAppFeature, featureId, UpdateAppFeature } from './app-feature-schema.ts'
import { listAppFeatures } from './app-feature-store.ts'
import type { AppFeature } from './app-feature.ts'
import { changeAppFeature } from './change-app-feature.ts'

type FeatureOfApp = { app: App; feature: AppFeature }

/** By name or id. A client asks for one to learn whether it is there. */
const onFeature = (...needed: readonly Permission[]): ScopedAccess<FeatureOfApp> => ({
  name: accessName('app', needed),
  reach: 'apps',
  find: async (lookup) => {
    const app = await onApp(...needed).find(lookup)
    const ref = lookup.params['feature'] ?? ''
    const all = await listAppFeatures(lookup.platform.db, lookup.actor, app)
    const feature = all.find(({ name }) => name === ref || featureId(app.id, name) === ref)
    if (!feature) throw notFound('app_feature')
    return { app, feature }
  },
})

export const appFeatureRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/features',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target }) =>
      (await listAppFeatures(platform.db, actor, target)).map(presentAppFeature),
  }),
  route({
    method: 'GET',
    path: '/apps/:app/features/:feature',
    access: onFeature(...NEEDED.look),
    handle: async ({ target }) => presentAppFeature(target.feature),
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/features/:feature',
    access: onFeature(...NEEDED.features),
    body: UpdateAppFeature,
    handle: async ({ platform, actor, target: { app, feature }, body: { enabled } }) => {
      const { name } = feature
      const changed = await changeAppFeature(platform, actor, app, { name, enabled })
      return presentAppFeature(changed ?? feature)
    },
  }),
]
