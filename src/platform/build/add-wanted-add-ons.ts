import { ApiError } from '#/foundation/errors.ts'
import { createAddOn } from '#/platform/add-on/create-add-on.ts'
import { listAddOns } from '#/platform/add-on/add-on-store.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { findReleaseToFollow } from '#/platform/release/release-store.ts'
import { BUILDER, type BuildNeeds } from './build-runner.ts'
import type { BuildRun } from './make-slug.ts'

type Needs = Pick<BuildNeeds, 'db' | 'keyring' | 'notifications'>

/**
 * An app's first code brings the add-ons that its buildpack's bin/release names, as `service` or `service:plan`: none of
 * a service that the app has already, so that an interrupted build adds none twice. One that cannot be had is told in
 * the output and does without: the app may have what it needs by other means. Source: Heroku's Buildpack API.
 */
export const addWantedAddOns = async (
  needs: Needs,
  { build, output }: Pick<BuildRun, 'build' | 'output'>,
  plans: readonly string[],
): Promise<void> => {
  if (plans.length === 0) return
  const followed = await findReleaseToFollow(needs.db, BUILDER, build.appId)
  if (followed?.slugId != null) return
  const app = await getApp(needs.db, BUILDER, build.appId, 'deploy')
  for (const plan of plans) {
    const present = await listAddOns(needs.db, BUILDER, app.id)
    if (present.some(({ service }) => service === plan.split(':', 1)[0])) continue
    output.write(`-----> Adding ${plan}...\n`)
    try {
      const addOn = await createAddOn(needs, BUILDER, { ...NO_WISHES, app, plan })
      output.write(`       Done: ${addOn.name}\n`)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      output.write(` !     ${error.message} The buildpack wants it; the build goes on without.\n`)
    }
  }
}

const NO_WISHES = {
  name: undefined,
  attachmentName: undefined,
  confirm: undefined,
  options: {},
}
