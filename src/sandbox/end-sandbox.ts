import { readdirSync } from 'node:fs'
import { readProcFile } from '#/foundation/proc-file.ts'
import { cgroupProcesses, hasCgroups, removeCgroup, retryBriefly } from './cgroups.ts'

/**
 * Ends whatever runs in a sandbox just now. Returns how much that was. Who is killed while the sandbox is made may leave
 * a child of bwrap's that has not joined the cgroup yet: it is found by its name.
 */
export const killSandbox = async (name: string): Promise<number> => {
  const joined = (await hasCgroups()) ? await cgroupProcesses(name) : []
  const pids = [...joined, ...processesNamed(name)]
  for (const pid of pids) kill(pid)
  return pids.length
}

/**
 * Ends whatever is left of a sandbox whose parent was killed, and resolves when nothing is. Once its cgroup is removed
 * nothing can join it any more: whoever was just about to enter ends by that.
 */
export const endSandbox = (name: string): Promise<void> =>
  retryBriefly(async () => {
    const count = await killSandbox(name)
    return (await hasCgroups()) ? removeCgroup(name) : count === 0
  })

/**
 * bwrap's two processes, of which one is the sandbox's first: with that dies all that is in it. It is the one that
 * would be left if bwrap is killed before it has told the kernel to take its child along.
 */
const processesNamed = (name: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && commandOf(entry).startsWith(`${name}\0`))
    .map(Number)

const commandOf = (pid: string): string => {
  try {
    return readProcFile(`/proc/${pid}/cmdline`)
  } catch {
    return '' // it has ended
  }
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
