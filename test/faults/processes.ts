import { readdir, readFile } from 'node:fs/promises'

/** A process of this machine, by its command line's words. */
export type ListedProcess = { pid: number; parent: number; words: string[] }

export const listProcesses = async (): Promise<ListedProcess[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(
    pids.map(async (pid) => {
      const words = (await readProc(pid, 'cmdline')).split('\0')
      const parent = /^PPid:\s+(\d+)/m.exec(await readProc(pid, 'status'))?.[1]
      return { pid: Number(pid), parent: Number(parent ?? 0), words }
    }),
  )
}

/** Its command line begins with these words. */
export const beginsWith = ({ words }: ListedProcess, ...first: string[]): boolean =>
  first.every((word, index) => words[index] === word)

/** Empty if the process is gone. */
export const readProc = (pid: number | string, name: string): Promise<string> =>
  readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '')

/** Milliseconds for which its main thread could have run, had a processor been free: the machine was busy with others. */
export const waitedForProcessor = async (pid: number): Promise<number> => {
  const [, nanoseconds] = (await readProc(pid, 'schedstat')).split(' ')
  return Math.round(Number(nanoseconds ?? 0) / 1e6)
}
