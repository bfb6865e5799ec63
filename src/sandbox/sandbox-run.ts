import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { identify, isAlive } from '#/foundation/process-identity.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { listCgroups } from './cgroups.ts'
import { endSandbox } from './end-sandbox.ts'

/** What one run in a sandbox has of the host: a folder, and a cgroup of the same name. */
export type SandboxRun = { dir: string; name: string }

const PREFIX = 'sluice-sandbox-'
/** Names carry who made them, so that others can tell what a killed process has left behind. */
const MAKER = /^sluice-sandbox-(\d+)-(\d+)-/

export const openSandboxRun = async (): Promise<SandboxRun> => {
  const self = identify(process.pid)
  if (!self) throw new Error('This process is not in /proc.')
  const dir = await mkdtemp(join(tmpdir(), `${PREFIX}${self.pid}-${self.startTime}-`))
  return { dir, name: basename(dir) }
}

export const closeSandboxRun = async ({ dir, name }: SandboxRun): Promise<void> => {
  await endSandbox(name)
  await removeTree(dir)
}

/** Ends and removes the runs of processes that are no more: a sandbox dies with its maker, but not its folder. */
export const sweepSandboxRuns = async (): Promise<void> => {
  const names = new Set([...(await readdir(tmpdir())), ...(await listCgroups(PREFIX))])
  for (const name of names)
    if (isAbandoned(name)) await closeSandboxRun({ dir: join(tmpdir(), name), name })
}

const isAbandoned = (name: string): boolean => {
  const [, pid, startTime] = MAKER.exec(name) ?? []
  return pid !== undefined && startTime !== undefined && !isAlive({ pid: Number(pid), startTime })
}
