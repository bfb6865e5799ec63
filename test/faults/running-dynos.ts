import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listProcesses, readProc, type ListedProcess } from './processes.ts'

export type RunningDyno = {
  id: string
  /** Pid and start time of its supervisor, which no other process ever has. */
  identity: string
}

/** The dynos of which a supervisor runs, by its command line; `crashing` comes and goes and is left out. */
export const supervisedDynos = async (dataDir: string): Promise<RunningDyno[]> => {
  const found: RunningDyno[] = []
  const processes = await listProcesses()
  for (const { pid, parent, words } of processes) {
    const [, , dir = ''] = words
    if (!isSupervisor(words) || !dir.startsWith(`${dataDir}/`)) continue
    const above = processes.find((one) => one.pid === parent)
    if (above && isSupervisor(above.words)) continue // a subshell of it
    const id = /\/dynos\/([^/]+)\//.exec(`${dir}/`)?.[1]
    if (id === undefined || (await isCrashing(dataDir, id))) continue
    found.push({ id, identity: `${pid} ${await startOf(pid)}` })
  }
  return found
}

/** A supervisor, or a subshell of one. */
export const isSupervisor = ([, script]: ListedProcess['words']): boolean =>
  script?.endsWith('supervisor.sh') === true

const isCrashing = async (dataDir: string, id: string): Promise<boolean> =>
  (
    await readFile(join(dataDir, 'engine', 'dynos', id, 'state.json'), 'utf8').catch(() => '')
  ).includes('"appName":"crashing"')

/** In ticks since the machine's start: the 22nd field, after the name in parentheses. */
const startOf = async (pid: number): Promise<string> => {
  const stat = await readProc(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
