import { listReleaseAddOns } from '#/platform/add-on/attachment-store.ts'
import { getPlan } from '#/platform/add-on/add-on-service.ts'
import { mayOn } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { listBuildpacks } from '#/platform/buildpack/buildpack-store.ts'
import { publicNameOf } from '#/platform/buildpack/buildpack.ts'
import { listDomains } from '#/platform/domain/domain-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { listFormations } from '#/platform/formation/formation-store.ts'
import type { Coupling } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease, findNewestRelease } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import type { AppState } from './promotion-plan.ts'

/** What an app runs now and what its next release would find. Config only for whoever may deploy there. */
export const readAppState = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  actor: Actor,
  app: App,
  coupling: Coupling,
): Promise<AppState> => {
  const release = (await findCurrentRelease(db, actor, app.id)) ?? null
  const newest = await findNewestRelease(db, actor, app.id)
  const addOns = await listReleaseAddOns(db, app.id)
  const mayRead = await mayOn(db, actor, app.id, NEEDED.config)
  const formations = await listFormations(db, actor, app.id)
  return {
    app: { id: app.id, name: app.name },
    stage: { id: coupling.stageId, name: coupling.stageName, kind: coupling.stage },
    release,
    pendingRelease: newest?.status === 'pending' ? newest : null,
    slug: release?.slugId ? await getSlug(db, actor, release.slugId) : null,
    config: mayRead
      ? configVarsOf(await readConfigSnapshot({ db, keyring }, app.configSnapshotId))
      : null,
    services: [...new Set(addOns.map(({ plan }) => getPlan(plan).service.name))].sort(),
    formation: Object.fromEntries(
      formations.map(({ type, quantity, size }) => [type, { quantity, size }]),
    ),
    buildpacks: (await listBuildpacks(db, actor, app.id)).map(publicNameOf),
    stack: app.buildStack,
    domains: (await listDomains(db, actor, app.id))
      .filter(({ kind }) => kind === 'custom')
      .map(({ hostname }) => hostname),
  }
}
