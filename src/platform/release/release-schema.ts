import type { Release } from './release.ts'
import { isEligibleForRollback } from './release.ts'

/** Heroku's release. `outputUrl` is where its release phase can be read; null if it has none. */
export const presentRelease = (
  release: Release,
  { app, outputUrl }: { app: { id: string; name: string }; outputUrl: string | null },
) => ({
  id: release.id,
  addon_plan_names: release.addOns.map(({ plan }) => plan),
  app: { id: app.id, name: app.name },
  artifacts: release.slugId ? [{ id: release.slugId, type: 'slug' }] : [],
  created_at: release.createdAt,
  current: release.current,
  description: release.description,
  eligible_for_rollback: isEligibleForRollback(release),
  failure_reason: release.failureReason,
  output_stream_url: outputUrl,
  slug: release.slugId ? { id: release.slugId } : null,
  oci_image: null,
  status: release.status,
  updated_at: release.updatedAt,
  user: { id: release.createdBy, email: release.createdByName },
  version: release.version,
})
