import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { APP_FEATURES, type AppFeature } from './app-feature.ts'

export const UpdateAppFeature = Type.Object({ enabled: Type.Boolean() })

/** The official CLI shows those that are `general` among `features`, others among `labs`. */
export const presentAppFeature = ({ appId, name, enabled, createdAt, updatedAt }: AppFeature) => ({
  id: featureId(appId, name),
  name,
  display_name: name,
  description: APP_FEATURES[name],
  doc_url: '',
  enabled,
  feedback_email: '',
  state: name === 'log-runtime-metrics' ? 'beta' : 'general',
  created_at: createdAt,
  updated_at: updatedAt,
})

export const featureId = (appId: string, name: string): string =>
  derivedId('app-feature', appId, name)
