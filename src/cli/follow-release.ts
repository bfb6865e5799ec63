import { setTimeout as pause } from 'node:timers/promises'
import type { ApiClient } from '#/api-client/api-client.ts'
import type { ReleaseJson } from './wire.ts'

const POLL_MS = 200

/** Prints the release phase's output, if there is one, and waits for the outcome. @throws if the release fails */
export const followRelease = async (
  api: ApiClient,
  app: string,
  release: ReleaseJson,
): Promise<void> => {
  if (release.output_stream_url)
    for await (const text of api.stream(release.output_stream_url)) process.stdout.write(text)
  let now = release
  while (now.status === 'pending') {
    await pause(POLL_MS)
    now = await api.get<ReleaseJson>(`/apps/${app}/releases/${release.version}`)
  }
  if (now.status === 'failed')
    throw new Error(
      `v${now.version} failed: ${now.failure_reason ?? 'no reason is known'}. The release before it serves on.`,
    )
}
