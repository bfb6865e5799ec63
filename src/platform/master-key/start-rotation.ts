import { transaction } from '#/foundation/db.ts'
import { conflict } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { masterKeyFileOf, readMasterKeyFile } from '#/foundation/master-key-file.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { keyringOf, masterKeysOf } from '#/platform/keyring.ts'
import type { Platform } from '#/platform/platform.ts'
import { rotateMasterKeyJob } from './master-key-jobs.ts'
import { countDataKeysOfOthers, findMasterKey, listMasterKeyIds } from './master-key-store.ts'

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

export const readMasterKeyState = async (needs: Needs): Promise<MasterKeyState> => {
  const { db, keyring, paths } = needs
  return {
    id: keyring.masterKeyId,
    createdAt: (await findMasterKey(db, keyring.masterKeyId))?.createdAt ?? null,
    file: masterKeyFileOf(paths).path,
    previous: await listPrevious(needs),
    remaining: await countDataKeysOfOthers(db, keyring.masterKeyId),
  }
}

/** As the last step of a rotation has it: in our own file, or else in the database. */
const listPrevious = async ({ db, keyring, paths }: Needs): Promise<string[]> => {
  const file = masterKeyFileOf(paths)
  const ids = file.isOurs
    ? masterKeysOf(keyringOf(...(await readMasterKeyFile(file)))).map((key) => key.masterKeyId)
    : await listMasterKeyIds(db)
  return ids.filter((id) => id !== keyring.masterKeyId)
}

/** A job does it, so that whoever dies meanwhile is followed by one that goes on. */
export const startRotation = async (needs: Needs, actor: Actor): Promise<MasterKeyState> => {
  const { db, keyring, paths } = needs
  const file = masterKeyFileOf(paths)
  const from = keyring.masterKeyId
  if (!file.isOurs && (await listPrevious(needs)).length === 0)
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
    const { name } = rotateMasterKeyJob
    await enqueue(tx, rotateMasterKeyJob, { from }, { key: name, queue: name })
  })
  return readMasterKeyState(needs)
}
