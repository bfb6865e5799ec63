import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import type { ProcessIdentity } from '#/foundation/process-identity.ts'

/** One run of a dyno on disk, kept by its supervisor: `identity` once it has started, `exit` once it has ended. */
export const readIdentity = async (runDir: string): Promise<ProcessIdentity | undefined> => {
  const [pid, startTime] = (await readOptional(join(runDir, 'identity')))?.trim().split(' ') ?? []
  return pid && startTime ? { pid: Number(pid), startTime } : undefined
}

/** 128 + n if signal n ended it; undefined while it runs, or if its supervisor died before it could say. */
export const readExitStatus = async (runDir: string): Promise<number | undefined> => {
  const text = await readOptional(join(runDir, 'exit'))
  return text === undefined || text.trim() === '' ? undefined : Number(text)
}

export const readOptional = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
