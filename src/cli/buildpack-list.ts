import type { ApiClient } from '#/api-client/api-client.ts'

/** Names or URLs, in the order they run. */
export const readBuildpacks = async (api: ApiClient, app: string): Promise<string[]> => {
  const installed = await api.get<{ buildpack: { name: string; url: string } }[]>(
    `/apps/${app}/buildpack-installations`,
  )
  return installed.map(({ buildpack }) => buildpack.name)
}

export const writeBuildpacks = async (
  api: ApiClient,
  app: string,
  buildpacks: string[],
): Promise<void> => {
  await api.put(`/apps/${app}/buildpack-installations`, {
    updates: buildpacks.map((buildpack) => ({ buildpack })),
  })
}
