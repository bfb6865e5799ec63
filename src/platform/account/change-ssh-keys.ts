import { transaction } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockOwnAccount } from './account-store.ts'
import { deleteSshKey, insertSshKey, listSshKeys } from './ssh-key-store.ts'
import { MOST_SSH_KEYS, parseSshKey, type SshKey } from './ssh-key.ts'

type Needs = Pick<Platform, 'db'>

/** A key without a comment is named by its owner's e-mail address, so that the CLI can name it to remove it. */
export const addSshKey = async ({ db }: Needs, actor: Actor, given: string): Promise<SshKey> => {
  const parsed = parseSshKey(given)
  if (typeof parsed === 'string') throw invalidParams(parsed)
  try {
    return await transaction(db, async (tx) => {
      const { id: accountId, email } = await lockOwnAccount(tx, actor)
      if ((await listSshKeys(tx, actor)).length >= MOST_SSH_KEYS)
        throw invalidParams(`You have ${MOST_SSH_KEYS} keys, which is the limit. Remove one first.`)
      const { text, fingerprint, hash } = parsed
      const comment = parsed.comment || email
      const key = await insertSshKey(tx, accountId, {
        publicKey: `${text} ${comment}`,
        comment,
        fingerprint,
        keyHash: hash,
      })
      await insertEvent(tx, actor, {
        resource: 'key',
        resourceId: key.id,
        action: 'create',
        after: { fingerprint, comment },
      })
      return key
    })
  } catch (error) {
    // The same words whoever has it: nobody learns whose a key is.
    if (violates(error, 'ssh_keys_key_hash_key'))
      throw invalidParams('This key is in use already. Make another with: ssh-keygen -t ed25519')
    throw error
  }
}

export const removeSshKey = ({ db }: Needs, actor: Actor, key: SshKey): Promise<void> =>
  transaction(db, async (tx) => {
    await deleteSshKey(tx, actor, key.id)
    await insertEvent(tx, actor, {
      resource: 'key',
      resourceId: key.id,
      action: 'destroy',
      before: { fingerprint: key.fingerprint, comment: key.comment },
    })
  })
