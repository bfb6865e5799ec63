import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'

/**
 * Limits of all processes of a sandbox together, on whichever controllers this machine offers us: version 2 with a
 * subtree of our own, or version 1 as root. Without any there are no such limits, and `sluice doctor` says so.
 */
export type CgroupLimits = { memoryBytes: number | null; pids: number | null }

const ROOT = '/sys/fs/cgroup'
const OURS = 'sluice'

type Layout = { version: 1 | 2; memory: string | undefined; pids: string | undefined }

let known: Layout | undefined

/** Folders below which we may make groups, found by trying once per process. */
export const cgroupLayout = (): Layout => {
  known ??= existsSync(join(ROOT, 'cgroup.controllers')) ? version2() : version1()
  return known
}

const version1 = (): Layout => {
  const usable = (controller: string): string | undefined => {
    const dir = join(ROOT, controller, OURS)
    return tryTo(() => mkdirSync(dir, { recursive: true })) && isWritable(join(dir, 'cgroup.procs'))
      ? dir
      : undefined
  }
  return { version: 1, memory: usable('memory'), pids: usable('pids') }
}

const version2 = (): Layout => {
  const dir = join(ROOT, OURS)
  const made = tryTo(() => {
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+memory +pids')
    writeFileSync(join(dir, 'cgroup.subtree_control'), '+memory +pids')
  })
  return { version: 2, memory: made ? dir : undefined, pids: made ? dir : undefined }
}

/** Makes the group with its limits; returns the shell lines by which a process joins it. */
export const cgroupJoinLines = (name: string, limits: CgroupLimits): string[] => {
  const layout = cgroupLayout()
  const groups = groupsOf(layout, name)
  for (const group of groups) tryTo(() => mkdirSync(group, { recursive: true }))
  const memory = layout.memory && join(layout.memory, name)
  const pids = layout.pids && join(layout.pids, name)
  if (memory && limits.memoryBytes !== null) limitMemory(layout.version, memory, limits.memoryBytes)
  if (pids && limits.pids !== null) set(pids, 'pids.max', limits.pids)
  return groups.map((group) => `echo $$ > ${group}/cgroup.procs`)
}

const limitMemory = (version: 1 | 2, group: string, bytes: number): void => {
  if (version === 1) {
    set(group, 'memory.limit_in_bytes', bytes)
    set(group, 'memory.memsw.limit_in_bytes', bytes)
    return
  }
  set(group, 'memory.max', bytes)
  set(group, 'memory.swap.max', 0)
  set(group, 'memory.oom.group', 1)
}

const set = (group: string, file: string, value: number): void => {
  tryTo(() => writeFileSync(join(group, file), String(value)))
}

/** Whether the kernel killed something of the group for want of memory. */
export const wasOutOfMemory = async (name: string): Promise<boolean> => {
  const { memory, version } = cgroupLayout()
  if (!memory) return false
  const file = join(memory, name, version === 1 ? 'memory.oom_control' : 'memory.events')
  const text = await readFile(file, 'utf8').catch(() => '')
  return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0) > 0
}

/** The processes of a group, as the host numbers them. */
export const cgroupProcesses = (name: string): number[] => {
  const [group] = groupsOf(cgroupLayout(), name)
  if (!group) return []
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** Removes the group once nothing runs in it any more. */
export const removeCgroup = (name: string): void => {
  for (const group of groupsOf(cgroupLayout(), name)) tryTo(() => rmdirSync(group))
}

const groupsOf = ({ memory, pids }: Layout, name: string): string[] =>
  [...new Set([memory, pids].filter((dir) => dir !== undefined))].map((dir) => join(dir, name))

const isWritable = (path: string): boolean => tryTo(() => accessSync(path, constants.W_OK))

const tryTo = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}
