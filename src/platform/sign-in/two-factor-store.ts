import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { seal, unseal } from '#/foundation/crypto.ts'
import { sha256 } from '#/foundation/ids.ts'
import { getAccountDataKey } from '#/platform/data-key-store.ts'
import type { Keyring } from '#/platform/platform.ts'
import { plainRecoveryCode } from './totp.ts'

export type TwoFactor = { seed: Buffer; isConfirmed: boolean }

/** A seed that is not confirmed yet; it takes the place of an earlier such one, never of a confirmed one. */
export const insertSeed = async (
  tx: Db,
  keyring: Keyring,
  accountId: string,
  seed: Buffer,
): Promise<void> => {
  const key = await getAccountDataKey(tx, keyring, accountId)
  const sealedSeed = seal(key, place(accountId), seed)
  await tx
    .insertInto('twoFactors')
    .values({ accountId, sealedSeed })
    .onConflict((conflict) =>
      conflict
        .column('accountId')
        .doUpdateSet({ sealedSeed, createdAt: sql<Date>`now()` })
        .where('twoFactors.confirmedAt', 'is', null),
    )
    .execute()
}

export const findTwoFactor = async (
  db: Db,
  keyring: Keyring,
  accountId: string,
): Promise<TwoFactor | undefined> => {
  const found = await db
    .selectFrom('twoFactors')
    .select(['sealedSeed', 'confirmedAt'])
    .where('accountId', '=', accountId)
    .executeTakeFirst()
  if (!found) return undefined
  const key = await getAccountDataKey(db, keyring, accountId)
  return {
    seed: unseal(key, place(accountId), found.sealedSeed),
    isConfirmed: found.confirmedAt !== null,
  }
}

const place = (accountId: string): string[] => ['two_factors', 'sealed_seed', accountId]

/** Takes the step's code out of use, and all before it; false if that has happened already. */
export const useStep = async (db: Db, accountId: string, step: number): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('twoFactors')
    .set({ lastStep: step })
    .where('accountId', '=', accountId)
    .where('lastStep', '<', step)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const confirmSeed = async (tx: Db, accountId: string): Promise<void> => {
  await tx
    .updateTable('twoFactors')
    .set({ confirmedAt: sql<Date>`now()` })
    .where('accountId', '=', accountId)
    .execute()
  await setTwoFactor(tx, accountId, true)
}

/** Seed and recovery codes go. */
export const deleteTwoFactor = async (tx: Db, accountId: string): Promise<void> => {
  await tx.deleteFrom('twoFactors').where('accountId', '=', accountId).execute()
  await setTwoFactor(tx, accountId, false)
}

const setTwoFactor = (tx: Db, accountId: string, twoFactor: boolean): Promise<unknown> =>
  tx
    .updateTable('accounts')
    .set({ twoFactor, updatedAt: sql<Date>`now()` })
    .where('id', '=', accountId)
    .execute()

/** In place of all that there were. */
export const replaceRecoveryCodes = async (
  tx: Db,
  accountId: string,
  codes: string[],
): Promise<void> => {
  await tx.deleteFrom('recoveryCodes').where('accountId', '=', accountId).execute()
  const rows = codes.map((code) => ({ accountId, codeHash: hashOf(plainRecoveryCode(code) ?? '') }))
  await tx.insertInto('recoveryCodes').values(rows).execute()
}

/** Takes a recovery code out of use; false if it is none, or was used before. */
export const spendRecoveryCode = async (
  db: Db,
  accountId: string,
  code: string,
): Promise<boolean> => {
  const plain = plainRecoveryCode(code)
  if (plain === undefined) return false
  const { numUpdatedRows } = await db
    .updateTable('recoveryCodes')
    .set({ usedAt: sql<Date>`now()` })
    .where('accountId', '=', accountId)
    .where('codeHash', '=', hashOf(plain))
    .where('usedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

const hashOf = (plain: string): Buffer => sha256(`recovery code ${plain}`)
