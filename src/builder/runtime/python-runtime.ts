import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BuildRejection, complaint } from '#/builder/build-rejection.ts'
import { hostEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'
import { installOnce } from './install-once.ts'
import type { Runtime } from './node-runtime.ts'
import { compareVersions } from './node-version.ts'
import { findInterpreters, type Interpreter } from './python-interpreters.ts'
import { installByUv } from './python-by-uv.ts'

/**
 * A Python of the asked version, `3.12` or `3.12.4`; empty: the newest of this host. It is a copy that runs from
 * wherever it lies, so that slugs have it in them and go on working when the host's own is replaced.
 */
export const providePython = async (
  toolchainsDir: string,
  asked: string,
  output: (text: string) => void,
): Promise<Runtime> => {
  const found = await findInterpreters()
  const chosen =
    chooseInterpreter(found, asked) ?? (await fetchInterpreter(toolchainsDir, asked, found))
  if (asked.split('.').length === 3 && chosen.version !== asked)
    output(
      complaint(
        `python-${asked} was asked for. This machine has python-${chosen.version}, which is used instead.`,
      ),
    )
  const host = await prepare(toolchainsDir, chosen, found)
  return { version: chosen.version, mount: { host, inside: '/runtimes/python' } }
}

/** The very version, else the newest of the same minor one. */
export const chooseInterpreter = (
  found: readonly Interpreter[],
  asked: string,
): Interpreter | undefined => {
  const minor = asked.split('.').slice(0, 2).join('.')
  const fit = found
    .filter(({ version }) => asked === '' || version.startsWith(`${minor}.`))
    .toSorted((one, other) => compareVersions(one.version, other.version))
  return fit.find(({ version }) => version === asked) ?? fit.at(-1)
}

/** @throws BuildRejection that says what was asked for, what there is and how to get it */
const fetchInterpreter = async (
  toolchainsDir: string,
  asked: string,
  found: readonly Interpreter[],
): Promise<Interpreter> => {
  const { interpreter, problem } = await installByUv(join(toolchainsDir, 'uv'), asked)
  if (interpreter) return interpreter
  const versions = found.map(({ version }) => version).toSorted(compareVersions)
  const minor = asked.split('.').slice(0, 2).join('.') || '3.12'
  const uv =
    problem === undefined
      ? 'or install uv, which brings it with the next push.'
      : `or see why uv could not bring it: ${problem}`
  throw new BuildRejection(
    `python-${asked || '3'} was asked for, but this machine has ${versions.join(', ') || 'none'}. Ask for one of these in runtime.txt, or have the operator install it: apt-get install python${minor}, pyenv install ${minor}, ${uv}`,
  )
}

const PREPARE = fileURLToPath(new URL('../buildpacks/python/lib/prepare.py', import.meta.url))

const prepare = async (
  toolchainsDir: string,
  { path, version }: Interpreter,
  found: readonly Interpreter[],
): Promise<string> => {
  const source = createHash('sha256').update(path).digest('hex').slice(0, 8)
  const place = join(toolchainsDir, 'python', `${version}-${source}`)
  const others = found.filter((other) => other.path !== path).map((other) => other.path)
  await installOnce(place, async (folder) => {
    const options = { env: hostEnvironment(), cwd: '/', timeoutMs: 10 * 60_000 }
    const { code, stderr } = await run(path, ['-I', PREPARE, folder, ...others], options)
    if (code !== 0)
      throw new BuildRejection(`python-${version} of this machine cannot be used: ${stderr.trim()}`)
  })
  return place
}
