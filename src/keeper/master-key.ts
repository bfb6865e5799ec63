import { newKey } from '#/foundation/crypto.ts'
import { createDurably } from '#/foundation/durable-file.ts'
import {
  isMasterKeyThere,
  readMasterKeyFile,
  type MasterKeyFile,
} from '#/foundation/master-key-file.ts'

/**
 * The first start makes the master key; later ones only make sure that it is there, is one and is nobody else's
 * business. A database without its key is never given a new one, which could not open what is sealed.
 */
export const ensureMasterKey = async (
  file: MasterKeyFile,
  isDatabaseThere: () => Promise<boolean>,
): Promise<void> => {
  const isNew = file.isOurs && !(await isMasterKeyThere(file)) && !(await isDatabaseThere())
  if (isNew) await createDurably(file.path, `${newKey().toString('hex')}\n`, 0o400)
  await readMasterKeyFile(file)
}
