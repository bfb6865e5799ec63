import { hkdfSync } from 'node:crypto'
import { unseal } from '#/foundation/crypto.ts'
import { sha256 } from '#/foundation/ids.ts'
import type { Keyring, MasterKey } from './platform.ts'

export const keyringOf = (newest: Buffer, ...previous: Buffer[]): Keyring => ({
  ...masterKeyOf(newest),
  previous: previous.map(masterKeyOf),
})

const masterKeyOf = (masterKey: Buffer): MasterKey => ({
  masterKey,
  masterKeyId: sha256(masterKey).toString('hex').slice(0, 12),
  signingKey: Buffer.from(hkdfSync('sha256', masterKey, '', 'sluice capability urls', 32)),
})

/** The newest first. */
export const masterKeysOf = (keyring: Keyring): MasterKey[] => [keyring, ...keyring.previous]

/** Opens what was sealed by a master key itself. Throws if it was none of those at hand. */
export const unsealByMaster = (
  keyring: Keyring,
  place: readonly string[],
  sealed: string,
): Buffer => {
  const [newest, ...previous] = masterKeysOf(keyring)
  for (const { masterKey } of previous)
    try {
      return unseal(masterKey, place, sealed)
    } catch {
      // By another, or by none.
    }
  return unseal((newest ?? keyring).masterKey, place, sealed)
}
