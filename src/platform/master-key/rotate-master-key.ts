import { newKey } from '#/foundation/crypto.ts'
import { transaction } from '#/foundation/db.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { masterKeyFileOf, writeMasterKeyFile } from '#/foundation/master-key-file.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { rewrapDataKeys } from '#/platform/data-key-store.ts'
import { keyringOf, masterKeysOf } from '#/platform/keyring.ts'
import type { Platform } from '#/platform/platform.ts'
import {
  deleteOtherMasterKeyIds,
  hasJobFromBefore,
  insertMasterKeyId,
  listMasterKeyIds,
} from './master-key-store.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'paths' | 'log'>

const BATCH = 20
const ROTATION = systemActor('master-key')

/** Whoever has read a wrapped key just before, or reads in a snapshot from then, still opens it. */
const GRACE_MS = 60_000

/**
 * Puts a new master key in the place of the one named. Each step leaves everything readable and may be died in:
 * 1. the file holds both keys, and this process uses both: the new one wraps, either opens;
 * 2. the database knows the new one; every data key is wrapped anew;
 * 3. the database forgets the old one, which the foreign key refuses while a data key needs it;
 * 4. the file holds the new one alone, and some time later so does this process.
 * Nobody else holds keys: there is one control plane at a time, and it is what runs this, one job after another.
 *
 * @param mailJob kind of the jobs that are sealed by a master key itself; the old one stays until those are done
 */
export const rotateMasterKey = async (
  { db, keyring, paths, log }: Needs,
  { from }: { from: string },
  mailJob: string,
): Promise<void> => {
  const file = masterKeyFileOf(paths)
  if (keyring.masterKeyId === from && file.isOurs) {
    const next = newKey()
    await writeMasterKeyFile(file.path, [next, ...keysOf(keyring)])
    failpoint('rotation-key-written')
    Object.assign(keyring, keyringOf(next, ...keysOf(keyring)))
  }
  await insertMasterKeyId(db, keyring.masterKeyId)
  while ((await rewrapDataKeys(db, keyring, BATCH)) > 0) failpoint('rotation-batch-wrapped')
  if (await hasJobFromBefore(db, mailJob, keyring.masterKeyId))
    throw new Error(
      'Mails wait that the old master key has sealed; it is kept until they are sent.',
    )
  if (await forgetOthers(db, keyring.masterKeyId))
    log.info({ masterKeyId: keyring.masterKeyId }, 'the master key was replaced')
  failpoint('rotation-old-forgotten')
  if (file.isOurs) await writeMasterKeyFile(file.path, [keyring.masterKey])
  const retired = keyring.previous
  setTimeout(() => {
    keyring.previous = keyring.previous.filter((key) => !retired.includes(key))
  }, GRACE_MS).unref()
}

/** False if there are none. */
const forgetOthers = (db: Platform['db'], id: string): Promise<boolean> =>
  transaction(db, async (tx) => {
    const others = (await listMasterKeyIds(tx)).filter((other) => other !== id)
    if (others.length === 0) return false
    await deleteOtherMasterKeyIds(tx, id)
    await insertEvent(tx, ROTATION, {
      resource: 'master-key',
      resourceId: id,
      action: 'update',
      before: { ids: others },
      after: { ids: [id] },
    })
    return true
  })

const keysOf = (keyring: Platform['keyring']): Buffer[] =>
  masterKeysOf(keyring).map(({ masterKey }) => masterKey)
