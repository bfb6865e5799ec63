import type { ApiClient } from '#/api-client/api-client.ts'
import type { ReleaseJson } from './wire.ts'

/** `v12` */
export const newestVersion = async (api: ApiClient, app: string): Promise<string> => {
  const [release] = await api.get<ReleaseJson[]>(`/apps/${app}/releases`, {
    range: 'version ..; max=1, order=desc',
  })
  if (!release) throw new Error(`${app} has no release.`)
  return `v${release.version}`
}

/** Where a rollback without a version goes: the newest release but the current that succeeded and has code. */
export const previousVersion = async (api: ApiClient, app: string): Promise<string> => {
  const releases = await api.get<ReleaseJson[]>(`/apps/${app}/releases`, {
    range: 'version ..; max=50, order=desc',
  })
  const target = releases.find((release) => release.eligible_for_rollback && !release.current)
  if (!target) throw new Error(`${app} has no earlier release to go back to.`)
  return `v${target.version}`
}
