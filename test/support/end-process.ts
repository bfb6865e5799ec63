import { readdir, readFile } from 'node:fs/promises'
import { until } from './until.ts'

/** Ends one process that runs `sleep SECONDS`, with a number that nobody else sleeps for; resolves once there was one. */
export const endSleeper = (seconds: number): Promise<true> =>
  until(
    async () => {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (command !== `sleep\0${seconds}\0`) continue
        process.kill(Number(pid), 'SIGKILL')
        return true
      }
      return undefined
    },
    { limitMs: 90_000, everyMs: 50, what: `a process that sleeps for ${seconds} s` },
  )
