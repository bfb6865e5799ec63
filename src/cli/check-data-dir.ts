import { statSync } from 'node:fs'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'

/** A unix socket's path cannot be longer, and this is what the longest of ours adds to its folder. */
const SOCKET_PATH_BYTES = 107
const LONGEST_SOCKET = '/.s.PGSQL.29999'

/** Says in words what would end in a strange error later. */
export const checkDataDir = (dataDir: string): void => {
  const { addOnPostgresSocketDir } = dataDirPaths(dataDir)
  const excess = Buffer.byteLength(addOnPostgresSocketDir + LONGEST_SOCKET) - SOCKET_PATH_BYTES
  if (excess > 0)
    throw new Error(
      `The path of the data directory is ${excess} bytes too long for the sockets in it: ${dataDir}`,
    )
  if (!isFolderOrMissing(dataDir)) throw new Error(`${dataDir} is not a folder.`)
}

const isFolderOrMissing = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true
    throw error
  }
}
