import { Type } from 'typebox'
import type { SshKey } from './ssh-key.ts'

export const AddSshKey = Type.Object({
  public_key: Type.String({ minLength: 1, maxLength: 16 * 1024 }),
})

/** Heroku's key. `email` is the account's: the CLI heads its list with it. */
export const presentSshKey = (key: SshKey, { email }: { email: string }) => ({
  id: key.id,
  comment: key.comment,
  created_at: key.createdAt,
  email,
  fingerprint: key.fingerprint,
  public_key: key.publicKey,
  updated_at: key.updatedAt,
})
