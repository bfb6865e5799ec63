import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { hasCode } from '#/foundation/errors.ts'
import { run } from '#/foundation/exec.ts'
import { findCgroupLayout, isDone, NO_CONTROLLERS, type CgroupLayout } from './cgroup-layout.ts'
import { isRoot } from './sandbox-spec.ts'
import { shellQuote } from './shell-quote.ts'

/**
 * Limits of all processes of a sandbox together, on whichever controllers this machine offers us: version 2 with a
 * subtree of our own, or version 1 as root. Without any there are no such limits, and `sluice doctor` says so.
 */
export type CgroupLimits = {
  memoryBytes: number | null
  pids: number | null
  /** Its share where processors are short, beside the others' (1 unless said). */
  cpuWeight?: number
}

let known: Promise<CgroupLayout> | undefined

/** Found by trying, once per process. */
export const cgroupLayout = (): Promise<CgroupLayout> => (known ??= tryLayout())

const tryLayout = async (): Promise<CgroupLayout> => {
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'
  const layout = findCgroupLayout({ root: '/sys/fs/cgroup', ownGroup: own, isRoot: isRoot() })
  const canJoin = await Promise.all(foldersOf(layout).map((dir) => tryToJoin(dir)))
  if (!canJoin.every(Boolean)) return { ...layout, ...NO_CONTROLLERS }
  if (layout.cpu && layout.version === 1) weighAll(layout.cpu)
  return layout
}

const SHARES = 1024

/**
 * In version 1 a group counts as much as one process beside it: all sandboxes together are to have what a busy process
 * on each processor has, so that neither the platform nor they are starved.
 */
const weighAll = (dir: string): void => trySet(dir, 'cpu.shares', SHARES * availableParallelism())

/** Version 2 lets a user move processes only within what was delegated to that user: found by moving one. */
const tryToJoin = async (dir: string): Promise<boolean> => {
  const group = join(dir, `trial-${process.pid}`)
  if (!isDone(() => mkdirSync(group, { recursive: true }))) return false
  const { code } = await run('/bin/sh', ['-c', `echo $$ > ${shellQuote(`${group}/cgroup.procs`)}`])
  await retryBriefly(() => isDone(() => rmdirSync(group)))
  return code === 0
}

/** Makes the group with its limits; returns the shell lines by which process $pid joins it. */
export const cgroupJoinLines = async (name: string, limits: CgroupLimits): Promise<string[]> => {
  const layout = await cgroupLayout()
  const groups = foldersOf(layout).map((dir) => join(dir, name))
  for (const group of groups) mkdirSync(group, { recursive: true })
  const { memoryBytes, pids, cpuWeight = 1 } = limits
  if (layout.memory && memoryBytes !== null)
    limitMemory(layout.version, join(layout.memory, name), memoryBytes)
  if (layout.pids && pids !== null) set(join(layout.pids, name), 'pids.max', pids)
  if (layout.cpu) weigh(layout.version, join(layout.cpu, name), cpuWeight)
  return groups.map((group) => `echo $pid > ${shellQuote(`${group}/cgroup.procs`)}`)
}

/** Each version has a number of its own for what it gives by default. */
const weigh = (version: 1 | 2, group: string, weight: number): void => {
  if (version === 1) set(group, 'cpu.shares', Math.round(SHARES * weight))
  else set(group, 'cpu.weight', Math.min(10_000, Math.round(100 * weight)))
}

const limitMemory = (version: 1 | 2, group: string, bytes: number): void => {
  if (version === 1) {
    set(group, 'memory.limit_in_bytes', bytes)
    trySet(group, 'memory.memsw.limit_in_bytes', bytes) // there only if the kernel counts swap
    return
  }
  set(group, 'memory.max', bytes)
  trySet(group, 'memory.swap.max', 0)
}

const set = (group: string, file: string, value: number): void =>
  writeFileSync(join(group, file), String(value))
const trySet = (group: string, file: string, value: number): void => {
  isDone(() => set(group, file, value))
}

/** How many processes of the group the kernel has killed for want of memory. */
export const outOfMemoryKills = async (name: string): Promise<number> => {
  const { memory, version } = await cgroupLayout()
  if (!memory) return 0
  const file = version === 1 ? 'memory.oom_control' : 'memory.events'
  const text = readIfThere(join(memory, name, file))
  return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0)
}

/** Bytes that the processes of a group have for themselves, the cache of files left out; undefined if it is not counted. */
export const cgroupMemory = async (name: string): Promise<number | undefined> => {
  const { memory, version } = await cgroupLayout()
  const text = memory ? readIfThere(join(memory, name, 'memory.stat')) : ''
  const found = (version === 1 ? /^total_rss (\d+)/m : /^anon (\d+)/m).exec(text)
  return found ? Number(found[1]) : undefined
}

export type MemoryStat = {
  cacheBytes: number
  swapBytes: number
  /** Counted by version 1 alone. */
  pagesIn: number | undefined
  pagesOut: number | undefined
}

/** What else is known of the memory of a group; undefined if it is not counted. */
export const cgroupMemoryStat = async (name: string): Promise<MemoryStat | undefined> => {
  const { memory, version } = await cgroupLayout()
  const text = memory ? readIfThere(join(memory, name, 'memory.stat')) : ''
  if (!memory || text === '') return undefined
  const of = (key: string): number | undefined => {
    const found = new RegExp(`^${key} (\\d+)`, 'm').exec(text)
    return found ? Number(found[1]) : undefined
  }
  return version === 1
    ? {
        cacheBytes: of('total_cache') ?? 0,
        swapBytes: of('total_swap') ?? 0,
        pagesIn: of('total_pgpgin'),
        pagesOut: of('total_pgpgout'),
      }
    : {
        cacheBytes: of('file') ?? 0,
        swapBytes: Number(readIfThere(join(memory, name, 'memory.swap.current')) || 0),
        pagesIn: undefined,
        pagesOut: undefined,
      }
}

/** The processes of a group, as the host numbers them. */
export const cgroupProcesses = async (name: string): Promise<number[]> => {
  const [dir] = foldersOf(await cgroupLayout())
  if (dir === undefined) return []
  return readIfThere(join(dir, name, 'cgroup.procs'))
    .split('\n')
    .filter(Boolean)
    .map(Number)
}

/** Whether there are any groups; without, processes have to be found by other means. */
export const hasCgroups = async (): Promise<boolean> => foldersOf(await cgroupLayout()).length > 0

/** Removes a group; false while something runs in it. Nothing can join one that is removed. */
export const removeCgroup = async (name: string): Promise<boolean> =>
  foldersOf(await cgroupLayout()).every((dir) => isGone(join(dir, name)))

/** Names of the groups that begin with a prefix. */
export const listCgroups = async (prefix: string): Promise<string[]> => {
  const [dir] = foldersOf(await cgroupLayout())
  return dir === undefined ? [] : readdirSync(dir).filter((name) => name.startsWith(prefix))
}

const isGone = (group: string): boolean => {
  try {
    rmdirSync(group)
    return true
  } catch (error) {
    return hasCode(error, 'ENOENT') // else the last of it is just ending
  }
}

const BRIEFLY_MS = 5_000

export const retryBriefly = async (work: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + BRIEFLY_MS
  while (!(await work()) && performance.now() < deadline) await pause(5)
}

const foldersOf = ({ cpu, memory, pids }: CgroupLayout): string[] => [
  ...new Set([memory, pids, cpu].filter((dir) => dir !== undefined)),
]

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENODEV')) return ''
    throw error
  }
}
