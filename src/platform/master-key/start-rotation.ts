import { transaction } from '#/foundation/db.ts'
import { conflict } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { masterKeyFileOf } from '#/foundation/master-key-file.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { rotateMasterKeyJob } from './master-key-jobs.ts'
import { countDataKeysOfOthers, findMasterKey } from './master-key-store.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'paths'>

export type MasterKeyState = {
  id: string
  createdAt: Date | null
  file: string
  /** Ids of keys that this one replaces just now. */
  previous: string[]
  /** Data keys that are still wrapped by those. */
  remaining: number
}

export const readMasterKeyState = async ({
  db,
  keyring,
  paths,
}: Needs): Promise<MasterKeyState> => ({
  id: keyring.masterKeyId,
  createdAt: (await findMasterKey(db, keyring.masterKeyId))?.createdAt ?? null,
  file: masterKeyFileOf(paths).path,
  previous: keyring.previous.map(({ masterKeyId }) => masterKeyId),
  remaining: await countDataKeysOfOthers(db, keyring.masterKeyId),
})

/** A job does it, so that whoever dies meanwhile is followed by one that goes on. */
export const startRotation = async (needs: Needs, actor: Actor): Promise<MasterKeyState> => {
  const { db, keyring, paths } = needs
  const file = masterKeyFileOf(paths)
  const from = keyring.masterKeyId
  if (!file.isOurs && keyring.previous.length === 0)
    throw conflict(
      `${file.path} is not the platform's to write. Put a new key (openssl rand -hex 32) as a line of its own before the one that is there, run 'sluice restart', and then this again.`,
    )
  await transaction(db, async (tx) => {
    await insertEvent(tx, actor, {
      resource: 'master-key',
      resourceId: from,
      action: 'update',
      after: { rotation: 'begun' },
    })
    await enqueue(tx, rotateMasterKeyJob, { from }, { key: rotateMasterKeyJob.name })
  })
  return readMasterKeyState(needs)
}
