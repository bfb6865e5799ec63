import { config } from '#/foundation/config.ts'

/**
 * A named place at which a fault test kills this process with SIGKILL: set SLUICE_FAILPOINT to the name.
 * Costs one string comparison otherwise.
 */
export const failpoint = (name: string): void => {
  if (config.failpoint === name) process.kill(process.pid, 'SIGKILL')
}
