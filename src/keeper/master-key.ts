import { stat } from 'node:fs/promises'
import { newKey } from '#/foundation/crypto.ts'
import { createDurably } from '#/foundation/durable-file.ts'
import { hasCode } from '#/foundation/errors.ts'

/**
 * The first start makes the master key; later ones only make sure that it is there and nobody else's business. A
 * database without its key is never given a new one, which could not open what is sealed.
 */
export const ensureMasterKey = async (
  path: string,
  isDatabaseThere: () => Promise<boolean>,
): Promise<void> => {
  const mode = await modeOf(path)
  if (mode !== undefined) return refuseIfReadable(path, mode)
  if (await isDatabaseThere())
    throw new Error(
      `There is a database, but its master key ${path} is missing. Put it back from your backup: a new key could not open what is sealed with the old one.`,
    )
  await createDurably(path, `${newKey().toString('hex')}\n`, 0o400)
}

const modeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).mode
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const OTHERS = 0o077
const refuseIfReadable = (path: string, mode: number): void => {
  if ((mode & OTHERS) !== 0)
    throw new Error(`The master key can be read by others. Run: chmod 0400 ${path}`)
}
