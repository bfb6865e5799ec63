import { config } from '#/foundation/config.ts'
import { waitFor } from '#/foundation/notifications.ts'
import { getDyno, unwantDynos } from '#/platform/dyno/dyno-store.ts'
import { findDrainLimitMs, getDeploy } from './deploy-store.ts'
import type { Deploy } from './deploy.ts'
import { DEPLOYER, type DeployNeeds } from './deployer.ts'
import { keepEvidence } from './evidence.ts'

/**
 * Lets the dynos that a deploy replaced answer what they have, stops them, and keeps what the routers saw as the
 * deploy's evidence. Safe to begin anew: each part looks at the rows first.
 */
export const stopRetiredDynos = async (
  needs: DeployNeeds,
  { deployId, dynoIds }: { deployId: string; dynoIds: string[] },
  signal: AbortSignal,
): Promise<void> => {
  const deploy = await getDeploy(needs.db, DEPLOYER, deployId)
  await waitUntilDrained(needs, deploy, dynoIds, signal)
  await unwantDynos(needs.db, DEPLOYER, dynoIds)
  await keepEvidence(needs, deploy, dynoIds, signal)
}

export const waitUntilDrained = async (
  needs: DeployNeeds,
  deploy: Deploy,
  dynoIds: string[],
  signal: AbortSignal,
): Promise<void> => {
  await waitFor({
    notifications: needs.notifications,
    channel: 'dyno_changed',
    payload: deploy.appId,
    check: async () => {
      const dynos = await Promise.all(dynoIds.map((id) => getDyno(needs.db, DEPLOYER, id)))
      return dynos.every(
        (dyno) => dyno.type !== 'web' || dyno.drainedAt !== null || dyno.stoppedAt !== null,
      )
        ? true
        : undefined
    },
    limitMs: (await findDrainLimitMs(needs.db, DEPLOYER, deploy.appId)) ?? config.drainLimitMs,
    signal,
  })
}
