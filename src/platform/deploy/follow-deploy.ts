import { waitFor } from '#/foundation/notifications.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease, getReleaseById } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { findDeployOfRelease } from './deploy-store.ts'
import { finishedStep, isFinished, type Deploy } from './deploy.ts'
import { DEPLOYER } from './deployer.ts'
import { followReleaseOutput, hasReleaseCommand } from './release-output.ts'

type Needs = Pick<Platform, 'db' | 'notifications' | 'paths'>

/** What a release's deploy does, in words for whoever waits for it: its release command, its start, or its failure. */
export async function* followDeploy(
  needs: Needs,
  releaseId: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const release = await getReleaseById(needs.db, DEPLOYER, releaseId)
  if (await hasReleaseCommand(needs, release)) {
    yield 'Running release command...\n\n'
    yield* followReleaseOutput(needs, releaseId, signal)
    const deploy = await waitForDeploy(needs, release, signal, hasPassedReleasePhase)
    if (!hasPassedReleasePhase(deploy)) return yield failureWords(needs, release, deploy)
    yield 'Waiting for release.... done.\n'
  }
  yield `Starting v${release.version}...`
  const deploy = await waitForDeploy(needs, release, signal, isFinished)
  if (deploy.status === 'succeeded') yield ' done.\n'
  else yield ` failed.\n${await failureWords(needs, release, deploy)}`
}

const hasPassedReleasePhase = (deploy: Deploy): boolean =>
  finishedStep(deploy, 'release-phase') !== undefined

/** The deploy once it has come so far, or has ended before. */
const waitForDeploy = async (
  { db, notifications }: Needs,
  release: Release,
  signal: AbortSignal,
  hasComeSoFar: (deploy: Deploy) => boolean,
): Promise<Deploy> => {
  const found = await waitFor({
    notifications,
    channel: 'deploy_changed',
    payload: release.appId,
    check: async () => {
      const deploy = await findDeployOfRelease(db, DEPLOYER, release.id)
      return deploy && (hasComeSoFar(deploy) || isFinished(deploy)) ? deploy : undefined
    },
    limitMs: Infinity,
    signal,
  })
  if (!found) throw new Error('A wait without a limit has ended.')
  return found
}

const failureWords = async (
  { db }: Needs,
  release: Release,
  { failureReason }: Deploy,
): Promise<string> => {
  const reason = failureReason ?? 'unknown'
  const current = await findCurrentRelease(db, DEPLOYER, release.appId)
  const serving = current ? `\n !     v${current.version} goes on serving.` : ''
  return `
 !     ${reason.replace(/^[a-z](?=[a-z]* )/, (first) => first.toUpperCase())}
 !     v${release.version} does not run.${serving}

`
}
