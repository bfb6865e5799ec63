import { existsSync, readdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'
import { probeSandbox } from '#/sandbox/probe-sandbox.ts'

/** One thing that this machine offers or lacks. */
export type Check = {
  name: string
  ok: boolean
  detail: string
  /** What to do about it; null if nothing is wrong. */
  cure: string | null
  /** Without it the platform does not work; without others some apps or limits do not. */
  isNeeded: boolean
}

/** What of the sandbox is a matter of degree. */
const OPTIONAL_PROBES = ['cgroup limits', 'private network', 'overlay']

export const examineMachine = async (dataDir: string): Promise<Check[]> => {
  const [git, python, uv, java, disk, probes] = await Promise.all([
    checkProgram({ name: 'git', args: ['--version'], cure: 'apt-get install git', isNeeded: true }),
    checkPython(),
    checkProgram({
      name: 'uv',
      args: ['--version'],
      cure: 'pip install uv: then builds can fetch any Python version.',
      isNeeded: false,
    }),
    checkProgram({
      name: 'java',
      args: ['-version'],
      cure: 'apt-get install default-jdk-headless, if your buildpacks need it.',
      isNeeded: false,
    }),
    checkDisk(dataDir),
    probeSandbox(),
  ])
  const node: Check = {
    name: 'node',
    ok: true,
    detail: `${process.version}; builds fetch other versions`,
    cure: null,
    isNeeded: true,
  }
  const sandbox = probes.map((probe) => ({
    ...probe,
    isNeeded: !OPTIONAL_PROBES.includes(probe.name),
  }))
  return [git, node, python, uv, java, disk, ...sandbox]
}

type Program = { name: string; args: string[]; cure: string; isNeeded: boolean }

const checkProgram = async ({ name, args, cure, isNeeded }: Program): Promise<Check> => {
  const version = await versionOf(name, args)
  return version === undefined
    ? { name, ok: false, detail: 'not found', cure, isNeeded }
    : { name, ok: true, detail: version, cure: null, isNeeded }
}

/** First line of what it says of itself; undefined if it cannot be run. */
const versionOf = async (file: string, args: string[]): Promise<string | undefined> => {
  const result = await run(file, args, { env: hostEnvironment(), timeoutMs: 10_000 }).catch(
    () => undefined,
  )
  if (result?.code !== 0) return undefined
  return (result.stdout || result.stderr).split('\n')[0]?.trim()
}

const checkPython = async (): Promise<Check> => {
  const versions = await Promise.all(
    pythonPaths().map(async (path) => (await versionOf(path, ['--version']))?.split(' ')[1]),
  )
  const found = [...new Set(versions.filter((version) => version !== undefined))].toSorted()
  return {
    name: 'python',
    ok: found.length > 0,
    detail: found.join(', ') || 'not found',
    cure: found.length > 0 ? null : 'apt-get install python3 python3-venv, for Python apps.',
    isNeeded: false,
  }
}

const PYTHON = /^python3(\.\d+)?$/

const pythonPaths = (): string[] => {
  const pyenv = join(homedir(), '.pyenv', 'versions')
  const onPath = (hostEnvironment()['PATH'] ?? '').split(delimiter)
  const folders = [...onPath, ...listFolder(pyenv).map((version) => join(pyenv, version, 'bin'))]
  return [...new Set(folders)].flatMap((folder) =>
    listFolder(folder)
      .filter((name) => PYTHON.test(name))
      .map((name) => join(folder, name)),
  )
}

const listFolder = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return [] // PATH may name what is not there
  }
}

const ENOUGH_BYTES = 5_000_000_000

const checkDisk = async (dataDir: string): Promise<Check> => {
  const folder = nearestFolder(dataDir)
  const { bavail, bsize, files, ffree } = await statfs(folder)
  const free = bavail * bsize
  const hasInodes = files === 0 || ffree > 10_000
  return {
    name: 'disk',
    ok: free > ENOUGH_BYTES && hasInodes,
    detail: `${(free / 1e9).toFixed(1)} GB free in ${folder}${hasInodes ? '' : ', but hardly any inodes'}`,
    cure:
      free > ENOUGH_BYTES && hasInodes
        ? null
        : 'Free some space, or choose a data directory on a larger disk.',
    isNeeded: false,
  }
}

/** The data directory may not be there yet. */
const nearestFolder = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path))
