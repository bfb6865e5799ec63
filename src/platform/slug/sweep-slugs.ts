import { config } from '#/foundation/config.ts'
import { transaction } from '#/foundation/db.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import {
  isDigestWanted,
  listGivenUpDigests,
  listUnwantedSlugs,
  lockDigest,
  lockSlugs,
  markSlugsRemoved,
} from './slug-store.ts'

const SWEEPER = systemActor('sweep')

type Needs = Pick<Platform, 'db' | 'store' | 'log'>

/** First it is written down that slugs are kept no longer, then their files go: a killed sweep is made up for by the next. */
export const sweepSlugs = async (needs: Needs, kept: number = config.slugsKept): Promise<void> => {
  await giveUpSlugs(needs, kept)
  for (const digest of await listGivenUpDigests(needs.db, SWEEPER)) await removeFiles(needs, digest)
  const bytes = await needs.store.sweep()
  if (bytes > 0) needs.log.info({ bytes }, 'the artifact store gave back what nothing uses')
}

/** What was unwanted may be released just now: only what is still unwanted once it is locked is given up. */
const giveUpSlugs = ({ db }: Needs, kept: number): Promise<void> =>
  transaction(db, async (tx) => {
    const unwanted = await listUnwantedSlugs(tx, SWEEPER, kept)
    if (unwanted.length === 0) return
    const ids = unwanted.map(({ id }) => id)
    await lockSlugs(tx, SWEEPER, ids)
    const still = new Set((await listUnwantedSlugs(tx, SWEEPER, kept)).map(({ id }) => id))
    const left = ids.filter((id) => still.has(id))
    if (left.length > 0) await markSlugsRemoved(tx, SWEEPER, left)
  })

/** A build may have made the same slug anew meanwhile. */
const removeFiles = ({ db, store }: Needs, digest: string): Promise<void> =>
  transaction(db, async (tx) => {
    await lockDigest(tx, digest)
    if (!(await isDigestWanted(tx, SWEEPER, digest))) await store.remove(digest)
  })
