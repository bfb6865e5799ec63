import { readFileSync, unlinkSync } from 'node:fs'
import { config } from '#/foundation/config.ts'

/**
 * A named place at which a fault test kills this process with SIGKILL: set SLUICE_FAILPOINT to the name, or to the path
 * of a file that holds the name; the file goes with the first process that dies of it. Costs a comparison otherwise.
 */
export const failpoint = (name: string): void => {
  if (config.failpoint === name || (config.failpoint.startsWith('/') && takeFromFile(name)))
    process.kill(process.pid, 'SIGKILL')
}

const takeFromFile = (name: string): boolean => {
  try {
    if (readFileSync(config.failpoint, 'utf8').trim() !== name) return false
    unlinkSync(config.failpoint)
    return true
  } catch {
    return false // nobody wants a death now
  }
}
