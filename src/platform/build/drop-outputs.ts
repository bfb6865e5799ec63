import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Platform } from '#/platform/platform.ts'
import { BUILDER } from './build-runner.ts'
import { listKnownAmong } from './build-store.ts'
import { namesIn } from './tidy-builds.ts'

/** What builds of destroyed apps printed is asked for no more. */
export const dropOutputs = async ({ db, paths }: Pick<Platform, 'db' | 'paths'>): Promise<void> => {
  const outputs = (await namesIn(paths.builds)).filter((name) => name.endsWith('.log'))
  const known = await listKnownAmong(
    db,
    BUILDER,
    outputs.map((name) => name.slice(0, -'.log'.length)),
  )
  for (const name of outputs)
    if (!known.has(name.slice(0, -'.log'.length)))
      await rm(join(paths.builds, name), { force: true })
}
