import { BuildRejection } from '#/builder/build-rejection.ts'
import type { Buildpack } from '#/builder/fetch-buildpack.ts'
import { runProgram, type Build } from '#/builder/run-program.ts'
import type { Mount } from '#/sandbox/sandbox-spec.ts'
import { readNodePackage } from './node-package.ts'
import { PLATFORM, provideNode, provideNpm, type Runtime } from './node-runtime.ts'
import { providePython } from './python-runtime.ts'

/** Interpreters that a build's program is shown, and how it learns of them. */
export type Runtimes = { env: Record<string, string>; readOnly: Mount[] }

/**
 * What a built-in buildpack needs besides the classic API, since its interpreters are shared by all apps and so not
 * for a build to install: its bin/runtimes says in a line each which it wants for the app, `node >=20 <23`.
 * They are shown at /runtimes/<name>, with their exact versions in variables such as NODE_VERSION.
 */
export const provideRuntimes = async (build: Build, buildpack: Buildpack): Promise<Runtimes> => {
  switch (buildpack.builtIn) {
    case undefined:
      return { env: {}, readOnly: [] }
    case 'nodejs':
      return provideForNode(build, buildpack)
    case 'python':
      return provideForPython(build, buildpack)
  }
}

const provideForNode = async (build: Build, buildpack: Buildpack): Promise<Runtimes> => {
  const { toolchainsDir } = build.input
  const node = await provideNode(toolchainsDir, PLATFORM)
  const npm = await provideNpm(toolchainsDir, { range: PLATFORM, nodeVersion: node.version })
  const { engines, facts } = await readNodePackage(build)
  const key = JSON.stringify([engines, node.version, npm.version])
  const asked =
    answers.get(key) ?? (await askForRuntimes(build, buildpack, runtimesOf({ node, npm })))
  remember(key, asked)
  const wanted = await provideNode(toolchainsDir, asked.get('node') ?? PLATFORM)
  const range = asked.get('npm') ?? PLATFORM
  const { env, readOnly } = runtimesOf({
    node: wanted,
    npm: await provideNpm(toolchainsDir, { range, nodeVersion: wanted.version }),
  })
  return { env: { ...env, PACKAGE_FACTS: facts }, readOnly }
}

/** What bin/runtimes of nodejs has answered. It goes by nothing but what is in the key, so it is asked once. */
const answers = new Map<string, Map<string, string>>()
const MOST_ANSWERS = 1000

const remember = (key: string, answer: Map<string, string>): void => {
  if (answers.size >= MOST_ANSWERS) answers.clear()
  answers.set(key, answer)
}

const provideForPython = async (build: Build, buildpack: Buildpack): Promise<Runtimes> => {
  const asked = await askForRuntimes(build, buildpack, { env: {}, readOnly: [] })
  const { toolchainsDir, output } = build.input
  return runtimesOf({
    python: await providePython(toolchainsDir, asked.get('python') ?? '', output),
  })
}

const runtimesOf = (runtimes: Record<string, Runtime>): Runtimes => ({
  env: Object.fromEntries(
    Object.entries(runtimes).map(([name, { version }]) => [
      `${name.toUpperCase()}_VERSION`,
      version,
    ]),
  ),
  readOnly: Object.values(runtimes).map(({ mount }) => mount),
})

const MOST_PRINTED = 4096

const askForRuntimes = async (
  build: Build,
  { insideDir }: Buildpack,
  runtimes: Runtimes,
): Promise<Map<string, string>> => {
  const { build: buildDir, env } = build.workspace.inside
  let text = ''
  const status = await runProgram(build, {
    command: [`${insideDir}/bin/runtimes`, buildDir, env],
    onOutput: (chunk) => (text = (text + chunk).slice(0, MOST_PRINTED)),
    ...runtimes,
  })
  if (status !== 0) {
    build.input.output(text)
    throw new BuildRejection('the app does not say which version of its language it needs.')
  }
  return new Map(
    text
      .split('\n')
      .map((line) => /^(\w+) (.+)$/.exec(line))
      .flatMap((match) => (match?.[1] && match[2] ? [[match[1], match[2]] as const] : [])),
  )
}
