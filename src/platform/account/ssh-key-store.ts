import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { SshKey } from './ssh-key.ts'

const COLUMNS = ['id', 'publicKey', 'comment', 'fingerprint', 'createdAt', 'updatedAt'] as const

/** @throws a violation of `ssh_keys_key_hash_key` if anybody has it */
export const insertSshKey = (
  tx: Db,
  accountId: string,
  key: { publicKey: string; comment: string; fingerprint: string; keyHash: Buffer },
): Promise<SshKey> =>
  tx
    .insertInto('sshKeys')
    .values({ ...key, accountId })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

export const listSshKeys = (db: Db, actor: Actor): Promise<SshKey[]> =>
  db
    .selectFrom('sshKeys')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()

/** By id or fingerprint. */
export const findSshKey = (db: Db, actor: Actor, ref: string): Promise<SshKey | undefined> =>
  db
    .selectFrom('sshKeys')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .where(isId(ref) ? 'id' : 'fingerprint', '=', ref)
    .executeTakeFirst()

/** @throws 404 if somebody else was quicker */
export const deleteSshKey = async (tx: Db, actor: Actor, id: string): Promise<void> => {
  const { numDeletedRows } = await tx
    .deleteFrom('sshKeys')
    .where('id', '=', id)
    .where('accountId', '=', actor.accountId)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw notFound('key')
}
