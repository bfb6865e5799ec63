import type { ApiClient } from '#/api-client/api-client.ts'
import type { ReleaseJson, SlugJson } from './wire.ts'

/** The slug that the app's current release runs; null if it has no code yet. */
export const currentSlug = async (api: ApiClient, app: string): Promise<SlugJson | null> => {
  const releases = await api.get<ReleaseJson[]>(`/apps/${app}/releases`, {
    range: 'version ..; max=50, order=desc',
  })
  const current = releases.find((release) => release.current)
  return current?.slug ? api.get<SlugJson>(`/apps/${app}/slugs/${current.slug.id}`) : null
}
