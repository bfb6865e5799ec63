import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'

/** Replaces a file as a whole: whatever happens, the old or the new text is there, and once this returns the new one stays. */
export const writeDurably = async (path: string, text: string, mode = 0o600): Promise<void> => {
  const partial = await writePartial(path, text, mode)
  await rename(partial, path)
  await syncFolder(dirname(path))
}

/** As `writeDurably`, but never over a file that is there already: false then. */
export const createDurably = async (path: string, text: string, mode = 0o600): Promise<boolean> => {
  const partial = await writePartial(path, text, mode)
  try {
    await link(partial, path)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(partial, { force: true })
  }
  await syncFolder(dirname(path))
  return true
}

const writePartial = async (path: string, text: string, mode: number): Promise<string> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const partial = `${path}.${newSecret().slice(0, 12)}.partial`
  const file = await open(partial, 'wx', mode)
  try {
    await file.chmod(mode) // whatever the umask is
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return partial
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
