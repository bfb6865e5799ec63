import { getAppView } from '#/platform/app/app-view-store.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { getReleaseById } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { webUrl } from '#/platform/app/app-schema.ts'
import { outputPath } from './build-output.ts'
import { findBuild } from './build-store.ts'
import { launchWords, rejectionWords } from './build-words.ts'
import type { Build } from './build.ts'
import { followFile } from './follow-file.ts'

const READER = systemActor('build output')

type Needs = Pick<Platform, 'db' | 'notifications' | 'paths' | 'settings'>

/** All that a build prints, from its start until it has ended, and how it ended. */
export async function* followBuild(
  needs: Needs,
  buildId: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let build: Build | undefined
  yield* followFile({
    path: outputPath(needs.paths, buildId),
    isComplete: async () => {
      build = await findBuild(needs.db, READER, buildId)
      return build?.status !== 'pending'
    },
    onNews: (listener) =>
      needs.notifications.subscribe('build_changed', (id) => {
        if (id === undefined || id === buildId) listener()
      }),
    signal,
  })
  if (build) yield await closingWords(needs, build)
}

const closingWords = async ({ db, settings }: Needs, build: Build): Promise<string> => {
  if (build.releaseId === null || build.slugId === null)
    return rejectionWords(build.failureReason ?? '')
  const { version } = await getReleaseById(db, READER, build.releaseId)
  const { processTypes } = await getSlug(db, READER, build.slugId)
  const app = await getAppView(db, READER, build.appId).catch(() => undefined)
  return launchWords({ version, url: app ? webUrl(app, settings) : null, processTypes })
}
