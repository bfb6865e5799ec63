import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type RunningDyno = {
  id: string
  /** Pid and start time of its supervisor, which no other process ever has. */
  identity: string
}

/** The dynos of which a supervisor runs, by its command line; `crashing` comes and goes and is left out. */
export const supervisedDynos = async (dataDir: string): Promise<RunningDyno[]> => {
  const found: RunningDyno[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [, script, dir] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(
      '\0',
    )
    if (!script?.endsWith('supervisor.sh') || !dir?.startsWith(`${dataDir}/`)) continue
    const parent = /^PPid:\s+(\d+)/m.exec(
      await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
    )?.[1]
    const above = await readFile(`/proc/${parent}/cmdline`, 'utf8').catch(() => '')
    if (above.includes('supervisor.sh')) continue // a subshell of it
    const id = /\/dynos\/([^/]+)\//.exec(`${dir}/`)?.[1]
    if (id === undefined || (await isCrashing(dataDir, id))) continue
    found.push({ id, identity: `${pid} ${await startOf(pid)}` })
  }
  return found
}

const isCrashing = async (dataDir: string, id: string): Promise<boolean> =>
  (
    await readFile(join(dataDir, 'engine', 'dynos', id, 'state.json'), 'utf8').catch(() => '')
  ).includes('"appName":"crashing"')

/** In ticks since the machine's start: the 22nd field, after the name in parentheses. */
const startOf = async (pid: string): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
