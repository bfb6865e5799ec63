import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { removeTree } from '#/foundation/remove-tree.ts'
import { BuildRejection } from './build-rejection.ts'
import { readInside } from './read-inside.ts'

const LIMIT_BYTES = 256 * 1024

/** Removes from the source what its .slugignore names, in the patterns of a .gitignore. Links are not followed. */
export const applySlugignore = async (sourceDir: string): Promise<void> => {
  const text = await readInside(sourceDir, '.slugignore', LIMIT_BYTES)
  if (text !== undefined) await removeIgnored(sourceDir, '', patternsOf(text))
}

const patternsOf = (text: string): Ignore => {
  try {
    return ignore({ allowRelativePaths: true }).add(text)
  } catch (error) {
    throw new BuildRejection('the patterns of the .slugignore cannot be understood.', {
      cause: error,
    })
  }
}

const removeIgnored = async (root: string, folder: string, patterns: Ignore): Promise<void> => {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const isFolder = entry.isDirectory()
    if (patterns.ignores(isFolder ? `${path}/` : path)) await removeTree(join(root, path))
    else if (isFolder) await removeIgnored(root, path, patterns)
  }
}
