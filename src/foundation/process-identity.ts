import { readFileSync } from 'node:fs'
import { hasCode } from '#/foundation/errors.ts'
import { readProcFile } from '#/foundation/proc-file.ts'

/** A pid with the moment it was started, so that a reused pid is not taken for the process we knew. */
export type ProcessIdentity = { pid: number; startTime: string }

/** Field 22 of /proc/PID/stat, in clock ticks since boot; undefined if there is no such process or it is a zombie. */
const startTimeOf = (pid: number): string | undefined => {
  try {
    const stat = readProcFile(`/proc/${pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined
    throw error
  }
}

export const identify = (pid: number): ProcessIdentity | undefined => {
  const startTime = startTimeOf(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}

export const isAlive = (process: ProcessIdentity): boolean =>
  startTimeOf(process.pid) === process.startTime

/** Differs after each start of the machine: an identity from before a restart is nobody's. */
export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  }
}
