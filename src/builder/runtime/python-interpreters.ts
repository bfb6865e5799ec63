import { readdir, stat } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'

export type Interpreter = { path: string; version: string }

/** Every Python 3 of this host that says its version, each once: on the PATH, of the system, of pyenv, of uv. */
export const findInterpreters = async (): Promise<Interpreter[]> => {
  const paths = (await Promise.all([...new Set(folders())].map(programsIn))).flat()
  const managed = (await Promise.all(managedFolders().map(programsBelow))).flat()
  const found = await Promise.all([...new Set([...paths, ...managed])].map(identify))
  const programs = new Map<string, Interpreter>()
  for (const interpreter of found.filter((one) => one !== undefined))
    if (!programs.has(interpreter.real)) programs.set(interpreter.real, interpreter)
  return [...programs.values()].map(({ path, version }) => ({ path, version }))
}

const homes = (): string[] => [...new Set([homedir(), userInfo().homedir])]

/** Folders with programs. Those of pyenv's shims only say that none is chosen. */
const folders = (): string[] => [
  ...pathFolders().filter((folder) => !folder.endsWith('/shims')),
  '/usr/bin',
  '/usr/local/bin',
  ...homes().map((home) => join(home, '.local', 'bin')),
]

const pathFolders = (): string[] => (hostEnvironment()['PATH'] ?? '').split(':')

/** Folders of folders with an interpreter each. */
const managedFolders = (): string[] => {
  const pyenvs = [
    ...homes().map((home) => join(home, '.pyenv')),
    ...pathFolders().flatMap((folder) => /^(.+)\/(?:shims|bin)$/.exec(folder)?.[1] ?? []),
  ]
  return [
    ...new Set(pyenvs.map((root) => join(root, 'versions'))),
    ...homes().map((home) => join(home, '.local', 'share', 'uv', 'python')),
  ]
}

const PROGRAM = /^python3\.\d+$/

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

const programsIn = async (folder: string): Promise<string[]> =>
  folder.startsWith('/')
    ? (await namesIn(folder)).filter((name) => PROGRAM.test(name)).map((name) => join(folder, name))
    : []

const programsBelow = async (folder: string): Promise<string[]> => {
  const versions = await namesIn(folder)
  return (await Promise.all(versions.map((name) => programsIn(join(folder, name, 'bin'))))).flat()
}

/** Prints the version and the program itself, which the one asked may only be a link to or a virtual environment of. */
const QUESTION =
  'import os,sys; print("%d.%d.%d" % sys.version_info[:3]); print(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))'

type Identified = Interpreter & { real: string }

/** Asks each program once, until it is another. */
const known = new Map<string, Promise<Identified | undefined>>()

const identify = async (path: string): Promise<Identified | undefined> => {
  const stats = await stat(path).catch(() => undefined)
  if (!stats) return undefined
  const key = `${path} ${stats.ino} ${stats.mtimeMs}`
  const answer = known.get(key) ?? ask(path)
  known.set(key, answer)
  return answer
}

const ask = async (path: string): Promise<Identified | undefined> => {
  const options = { env: hostEnvironment(), cwd: '/', timeoutMs: 20_000 }
  const answer = await run(path, ['-I', '-c', QUESTION], options).catch(() => undefined)
  const [version = '', real = ''] = (answer?.stdout ?? '').split('\n')
  return answer?.code === 0 && /^3\.\d+\.\d+$/.test(version) ? { path, version, real } : undefined
}
