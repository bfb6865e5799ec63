import { readdirSync } from 'node:fs'
import { readProcFile } from '#/foundation/proc-file.ts'

/** All processes below a process, nearest first, as the host numbers them. Those that end meanwhile are left out. */
export const descendantsOf = (pid: number): number[] => {
  const found: number[] = []
  const queue = [pid]
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    const children = childrenOf(parent)
    found.push(...children)
    queue.push(...children)
  }
  return found
}

const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readProcFile(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

/** A process in a sandbox, with what the host knows of it. */
export type InnerProcess = { pid: number; state: string }

/**
 * What runs in a dyno's sandbox: of all below its supervisor those in a process namespace of their own, but for the
 * first there, bwrap's, which only reaps. None before the sandbox is entered.
 */
export const innerProcesses = (supervisorPid: number): InnerProcess[] =>
  descendantsOf(supervisorPid).flatMap((pid) => {
    const status = readStatus(pid)
    const namespaces = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? []
    const state = /^State:\s+(\S)/m.exec(status)?.[1] ?? ''
    return namespaces.length > 1 && namespaces.at(-1) !== '1' ? [{ pid, state }] : []
  })

/** What a supervisor itself runs to take output away; it ends when nothing writes any more. */
const PUMPS = ['dd', 'cat', 'timeout', 'wc', 'rm', 'mkfifo']

/** A supervisor's child that is, or becomes, the sandbox: with bwrap dies all that is in it. */
export const entrancesOf = (supervisorPid: number): number[] =>
  childrenOf(supervisorPid).filter((pid) => {
    const name = /^Name:\s+(\S+)/m.exec(readStatus(pid))?.[1]
    return name !== undefined && !PUMPS.includes(name)
  })

const readStatus = (pid: number): string => {
  try {
    return readProcFile(`/proc/${pid}/status`)
  } catch {
    return ''
  }
}

/** Bytes of memory that a process has for itself, and its share of what it has in common with others. */
export const memoryOf = (pid: number): number => {
  try {
    const text = readProcFile(`/proc/${pid}/smaps_rollup`)
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Signals a process that may be gone. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}
