import { statfsSync } from 'node:fs'
import { StoreFullError } from '#/artifact-store/artifact-store.ts'
import { hasCode } from '#/foundation/errors.ts'

/** Says of a full disk what is full and where; any other error as it is. */
export const explainFull = (error: unknown, dir: string): unknown => {
  if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) return error
  const what = hasNoInodes(dir) ? 'inodes' : 'space'
  return new StoreFullError(
    `There ${what === 'space' ? 'is no space' : 'are no inodes'} left where artifacts are kept (${dir}).`,
    { cause: error },
  )
}

const hasNoInodes = (dir: string): boolean => {
  const { files, ffree } = statfsSync(dir)
  return files > 0 && ffree === 0
}
