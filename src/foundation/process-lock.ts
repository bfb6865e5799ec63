import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'
import { bootId, identify, isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'

/**
 * A lock that its holder's death releases, however it dies. It is a file `lock.<n>`: whoever finds the newest one's
 * holder dead may make `lock.<n + 1>`, which only one of several can; a number is never used again.
 */
export type ProcessLock = { release: () => void }

/** Takes the lock for this process; undefined if somebody alive holds it. */
export const takeProcessLock = (dir: string): ProcessLock | undefined => {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (;;) {
    const newest = newestNumber(dir)
    if (newest > 0 && readHolder(dir, newest)) return undefined
    const number = newest + 1
    if (!create(dir, number)) continue
    if (newestNumber(dir) !== number) {
      // We were slow: others have taken and lost the lock meanwhile, and tidied away the number we saw.
      rmSync(lockPath(dir, number), { force: true })
      continue
    }
    for (const old of numbers(dir).filter((other) => other < number))
      rmSync(lockPath(dir, old), { force: true })
    return { release: () => vacate(dir, number) }
  }
}

export const findLockHolder = (dir: string): ProcessIdentity | undefined =>
  readHolder(dir, newestNumber(dir))

type Holder = ProcessIdentity & { bootId: string }

const lockPath = (dir: string, number: number): string => join(dir, `lock.${number}`)

const numbers = (dir: string): number[] => {
  try {
    return readdirSync(dir)
      .map((name) => /^lock\.(\d+)$/.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
const newestNumber = (dir: string): number => Math.max(0, ...numbers(dir))

/** The holder if it lives. A file without a holder was released, or its text went in a power cut. */
const readHolder = (dir: string, number: number): ProcessIdentity | undefined => {
  try {
    const holder = JSON.parse(readFileSync(lockPath(dir, number), 'utf8')) as Holder | null
    return holder && holder.bootId === bootId() && isAlive(holder) ? holder : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** With its text from the first moment on, or not at all. */
const create = (dir: string, number: number): boolean => {
  const self = identify(process.pid)
  if (!self) throw new Error('This process is not in /proc.')
  const partial = writePartial(dir, { ...self, bootId: bootId() })
  try {
    linkSync(partial, lockPath(dir, number))
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Releases: the file stays, since its number must not be used again. */
const vacate = (dir: string, number: number): void =>
  renameSync(writePartial(dir, null), lockPath(dir, number))

const writePartial = (dir: string, holder: Holder | null): string => {
  const partial = join(dir, `lock.${newSecret().slice(0, 12)}.partial`)
  writeFileSync(partial, JSON.stringify(holder), { mode: 0o600 })
  return partial
}
