import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { runOrThrow } from '#/foundation/exec.ts'
import { removeTree } from '#/foundation/remove-tree.ts'

/**
 * Makes a folder that all builds share and none may write to, if it is not there yet. It is made beside its place and
 * then moved, so that it is there whole or not at all, also when several make it at once or one is killed.
 */
export const installOnce = async (
  place: string,
  make: (folder: string) => Promise<void>,
): Promise<void> => {
  if (existsSync(place)) return
  await mkdir(dirname(place), { recursive: true, mode: 0o755 })
  await removeAbandoned(place)
  const partial = `${place}.${randomBytes(6).toString('hex')}.partial`
  await mkdir(partial)
  try {
    await make(partial)
    await runOrThrow('chmod', ['-R', 'u+rwX,go=rX', '--', partial])
    await rename(partial, place)
  } catch (error) {
    await removeTree(partial)
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error // else another was first
  }
}

const ABANDONED_MS = 2 * 3_600_000

const removeAbandoned = async (place: string): Promise<void> => {
  const folder = dirname(place)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(place)}.`) || !name.endsWith('.partial')) continue
    const stats = await stat(join(folder, name)).catch(() => undefined)
    if (stats && Date.now() - stats.mtimeMs > ABANDONED_MS) await removeTree(join(folder, name))
  }
}
