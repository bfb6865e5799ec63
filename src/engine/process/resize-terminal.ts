import { readFileSync, readlinkSync } from 'node:fs'
import { hostEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'
import type { ProcessIdentity } from '#/foundation/process-identity.ts'
import { innerProcesses } from './process-tree.ts'

export type TerminalSize = { columns: number; lines: number }

const MOST_TRIES = 8
const LIMIT_MS = 5_000

/**
 * Gives the terminal of a dyno another size, of which the kernel tells what runs in its foreground (SIGWINCH). The
 * terminal is reached by what a process in the sandbox has open, never by a path in there: what is no terminal after all
 * is opened for reading at most. Nothing happens if there is none yet, or no more.
 */
export const resizeTerminal = async (
  supervisor: ProcessIdentity,
  { columns, lines }: TerminalSize,
): Promise<void> => {
  for (const path of terminalsBelow(supervisor.pid).slice(0, MOST_TRIES)) {
    const size = ['cols', String(columns), 'rows', String(lines)]
    const { code } = await run('stty', ['-F', path, ...size], {
      env: hostEnvironment(),
      timeoutMs: LIMIT_MS,
    })
    if (code === 0) return
  }
}

/** Nearest first: the first to have one is what the terminal was made for. */
const terminalsBelow = (supervisorPid: number): string[] =>
  innerProcesses(supervisorPid)
    .filter(({ pid }) => hasTerminal(pid))
    .flatMap(({ pid }) => [0, 1, 2].map((descriptor) => `/proc/${pid}/fd/${descriptor}`))
    .filter(isTerminal)

/** Field 7 of its stat: the device that controls it. */
const hasTerminal = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Its name comes before, in parentheses, and may have anything in it.
    const [, , , , terminal] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
    return Number(terminal ?? 0) !== 0
  } catch {
    return false
  }
}

const isTerminal = (path: string): boolean => {
  try {
    return /\/pts\/\d+$/.test(readlinkSync(path))
  } catch {
    return false
  }
}
