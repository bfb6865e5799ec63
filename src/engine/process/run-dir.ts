import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { bootId, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { removeTree } from '#/foundation/remove-tree.ts'

/**
 * One run of a dyno on disk, `run-<n>` in the dyno's folder: what its sandbox was made of, and what its supervisor
 * keeps of it: `identity`, `output.<n>`, and `exit` once it has ended. `made` and `tail` are ours.
 */
export const makeRunDir = async (dir: string, port: number | undefined): Promise<void> => {
  if (existsSync(dir)) await removeTree(dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await Promise.all([
    // Written over in place, which needs no space on a disk that has filled up since.
    writeFile(join(dir, 'identity'), BLANK),
    writeFile(join(dir, 'exit'), BLANK),
    writeFile(join(dir, 'tail'), BLANK),
    writeFile(join(dir, 'made'), JSON.stringify({ port, bootId: bootId() } satisfies Made)),
  ])
}

/** What identities are worth something with, and what a spoilt state file would lose. */
type Made = { port?: number | undefined; bootId: string }

const BLANK = `${' '.repeat(63)}\n`

/** Undefined until the supervisor has written down who it is, which is the first thing it does. */
export const readIdentity = async (dir: string): Promise<ProcessIdentity | undefined> => {
  const [, pid, startTime] = /^(\d+) (\d+)\n/.exec(await readIfThere(join(dir, 'identity'))) ?? []
  return pid && startTime ? { pid: Number(pid), startTime } : undefined
}

/** 128 + n if signal n ended it; undefined while it runs, or if its supervisor died before it could say. */
export const readExitStatus = async (dir: string): Promise<number | undefined> => {
  const [, status] = /^(\d+)\n/.exec(await readIfThere(join(dir, 'exit'))) ?? []
  return status === undefined ? undefined : Number(status)
}

/** The port of a run that was begun since the machine was started; undefined if there is no such run. */
export const readMade = async (dir: string): Promise<Pick<Made, 'port'> | undefined> => {
  try {
    const made = JSON.parse(await readIfThere(join(dir, 'made'))) as Made
    return made.bootId === bootId() ? made : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Numbers of the runs of which something is left. */
export const listRuns = async (dynoDir: string): Promise<number[]> => {
  try {
    const names = await readdir(dynoDir)
    return names.map((name) => Number(/^run-(\d+)$/.exec(name)?.[1] ?? 0)).filter((run) => run > 0)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** Empty if there is no such file. */
export const readIfThere = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  }
}
