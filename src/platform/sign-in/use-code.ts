import type { Platform } from '#/platform/platform.ts'
import { findStep } from './totp.ts'
import { findTwoFactor, spendRecoveryCode, useStep } from './two-factor-store.ts'

/** Whether the code is one of the account's, of its app or for recovery; whichever it is, it is good no second time. */
export const useCode = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  accountId: string,
  code: string,
): Promise<boolean> => {
  const twoFactor = await findTwoFactor(db, keyring, accountId)
  if (!twoFactor?.isConfirmed) return false
  const step = findStep(twoFactor.seed, code)
  if (step !== undefined) return useStep(db, accountId, step)
  return spendRecoveryCode(db, accountId, code)
}
