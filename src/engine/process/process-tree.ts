import { readdirSync, readFileSync } from 'node:fs'

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
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
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

/**
 * SIGTERM to everything that runs in a sandbox. Below the supervisor stand bwrap and its child, process 1 of the
 * sandbox; both only wait for the rest, so they are left alone. Heroku: all processes get it, maybe more than once.
 */
export const terminateAll = (supervisorPid: number): void => {
  const [bwrap, ...inside] = descendantsOf(supervisorPid)
  if (bwrap === undefined) return
  const reaper = inside[0]
  for (const pid of inside) if (pid !== reaper) signal(pid, 'SIGTERM')
}

/** Ends the sandbox at once: with bwrap dies process 1 in it, and with that the whole pid namespace. */
export const killAll = (supervisorPid: number): void => {
  for (const pid of descendantsOf(supervisorPid)) signal(pid, 'SIGKILL')
}
