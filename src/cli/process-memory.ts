import { readdirSync, readFileSync } from 'node:fs'

/** Proportional set size of a process in bytes; undefined if it may not be read. */
export const memoryOf = (pid: number): number | undefined => {
  const text = readOrUndefined(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(text ?? '')?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

/** Of a database server, whose sessions are processes of their own. */
export const memoryWithChildren = (pid: number): number | undefined => {
  const parts = [pid, ...childrenOf(pid)].map(memoryOf).filter((bytes) => bytes !== undefined)
  return parts.length === 0 ? undefined : parts.reduce((sum, bytes) => sum + bytes, 0)
}

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => parentOf(other) === pid)

const PARENT_FIELD = 1
const parentOf = (pid: number): number => {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? ''
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[PARENT_FIELD])
}

/** Processes come and go, and others' cannot be looked into. */
const readOrUndefined = (read: () => string): string | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}
