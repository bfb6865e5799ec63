import { join } from 'node:path'
import { BuildRejection } from '#/builder/build-rejection.ts'
import { platformEnvironment } from '#/foundation/config.ts'
import { hasCode } from '#/foundation/errors.ts'
import { run, type RunResult } from '#/foundation/exec.ts'
import { newestVersion } from './node-version.ts'

/** Ranges as package.json has them. Nothing that npm would take for an address, a file or an option. */
const RANGE = /^[0-9A-Za-z.*<>=~^|+ -]{1,200}$/
const isRange = (text: string): boolean => RANGE.test(text) && !text.startsWith('-')

const LIMIT_MS = 5 * 60_000

const npm = async (args: string[], cwd: string): Promise<RunResult> => {
  try {
    return await run('npm', args, { cwd, env: platformEnvironment(), timeoutMs: LIMIT_MS })
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    throw new BuildRejection('this machine has no npm, by which other versions are fetched.', {
      cause: error,
    })
  }
}

/** The newest release of a package that satisfies a range. @throws BuildRejection if there is none */
export const resolvePackage = async (name: string, range: string): Promise<string> => {
  if (!isRange(range)) throw new BuildRejection(`'${range.slice(0, 100)}' is no range of versions.`)
  const { code, stdout, stderr } = await npm(
    ['view', '--json', '--', `${name}@${range}`, 'version'],
    '/',
  )
  if (code !== 0)
    throw new BuildRejection(
      `the npm registry could not say which ${name} satisfies '${range}': ${lastLine(stderr)}`,
    )
  const version = newestVersion(versionsOf(stdout))
  if (!version)
    throw new BuildRejection(`there is no release of ${name} that satisfies '${range}'.`)
  return version
}

const versionsOf = (json: string): string[] => {
  const answer: unknown = json.trim() === '' ? [] : JSON.parse(json)
  return [answer].flat().filter((version) => typeof version === 'string')
}

/** Where `unpackPackage` puts a package. */
export const packagePath = (folder: string, name: string): string =>
  join(folder, 'node_modules', name)

/** Unpacks a release of a package into `folder`, running none of its scripts. */
export const unpackPackage = async (
  { name, version }: { name: string; version: string },
  folder: string,
): Promise<void> => {
  const options = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--prefix', folder]
  const { code, stderr } = await npm(['install', ...options, '--', `${name}@${version}`], folder)
  if (code !== 0)
    throw new BuildRejection(`${name} ${version} could not be installed: ${lastLine(stderr)}`)
}

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .findLast((line) => !line.includes('A complete log of this run')) ?? 'no reason was given.'
