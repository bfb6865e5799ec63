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

/**
 * Puts a new master key in the place of the one named. Each step leaves everything readable and may be died in:
 * 1. the file holds both keys, and this process uses both: the new one wraps, either opens;
 * 2. the database knows the new one; every data key is wrapped anew;
 * 3. the database forgets the old one, which the foreign key refuses while a data key needs it;
 * 4. the file holds the new one alone.
 * Nobody else holds keys: there is one control plane at a time, and it is what runs this.
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
  if (keyring.previous.length === 0) return
  await insertMasterKeyId(db, keyring.masterKeyId)
  while ((await rewrapDataKeys(db, keyring, BATCH)) > 0) failpoint('rotation-batch-wrapped')
  if (await hasJobFromBefore(db, mailJob, keyring.masterKeyId))
    throw new Error(
      'Mails wait that the old master key has sealed; it is kept until they are sent.',
    )
  await transaction(db, async (tx) => {
    const before = (await listMasterKeyIds(tx)).filter((id) => id !== keyring.masterKeyId)
    await deleteOtherMasterKeyIds(tx, keyring.masterKeyId)
    await insertEvent(tx, ROTATION, {
      resource: 'master-key',
      resourceId: keyring.masterKeyId,
      action: 'update',
      before: { ids: before },
      after: { ids: [keyring.masterKeyId] },
    })
  })
  failpoint('rotation-old-forgotten')
  if (file.isOurs) await writeMasterKeyFile(file.path, [keyring.masterKey])
  Object.assign(keyring, keyringOf(keyring.masterKey))
  log.info({ masterKeyId: keyring.masterKeyId }, 'the master key was replaced')
}

const keysOf = (keyring: Platform['keyring']): Buffer[] =>
  masterKeysOf(keyring).map(({ masterKey }) => masterKey)
