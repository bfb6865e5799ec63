import { BuildRejection, complaint } from './build-rejection.ts'
import { BUILT_IN, type BuiltInName } from './buildpack-reference.ts'
import { fetchBuildpack, type Buildpack } from './fetch-buildpack.ts'
import { detectBuiltIn } from './built-in.ts'
import { detect } from './run-buildpack.ts'
import type { Build } from './run-program.ts'

/** A buildpack that says it can build the app, and what it calls it. */
export type Chosen = { buildpack: Buildpack; name: string }

/** The first built-in one that recognises the app. @throws BuildRejection if none does */
export const detectBuildpack = async (build: Build): Promise<Chosen> => {
  const { output } = build.input
  output('-----> Determining which buildpack to use for this app\n')
  const fit = await findFit(build)
  const [first, ...others] = fit
  if (!first) return refuse(build)
  if (others.length > 0) output(severalWords(fit))
  output(`-----> ${first.name} app detected\n`)
  const url = `urn:buildpack:heroku/${first.builtIn}`
  return { name: first.name, buildpack: await fetchBuildpack(build, { url, ordinal: 0 }) }
}

type Fit = { builtIn: BuiltInName; name: string }

const findFit = async ({ workspace }: Build): Promise<Fit[]> => {
  const asked = BUILT_IN.map(async (builtIn) => {
    const { name } = await detectBuiltIn(workspace.build, builtIn)
    return name === undefined ? [] : [{ builtIn, name }]
  })
  return (await Promise.all(asked)).flat()
}

const severalWords = (fit: Fit[]): string =>
  complaint(
    `Warning: Multiple default buildpacks reported the ability to handle this app. The first buildpack in the list below will be used.
\t\t\tDetected buildpacks: ${fit.map(({ name }) => name).join(',')}`,
  )

const refuse = (build: Build): never => {
  build.input.output(` !     No default language could be detected for this app.
\t\t\tHINT: This occurs when there is neither a package.json (Node.js) nor a requirements.txt (Python)
\t\t\tin the root of the source. Any other buildpack can be set: heroku buildpacks:set URL
`)
  throw new BuildRejection('no default language could be detected for this app.')
}

/** One that was set. It must recognise the app too. */
export const fetchSetBuildpack = async (
  build: Build,
  { url, ordinal }: { url: string; ordinal: number },
): Promise<Chosen> => {
  const { output } = build.input
  const buildpack = await fetchBuildpack(build, { url, ordinal })
  output(`-----> Using set buildpack ${buildpack.name}\n`)
  const { name, printed } = await detect(build, buildpack)
  if (name === undefined) {
    output(complaint(`App not compatible with buildpack: ${buildpack.name}`))
    if (printed.trim() !== '') output(`${printed.trimEnd()}\n`)
    throw new BuildRejection(`the app is not compatible with the buildpack ${buildpack.name}.`)
  }
  output(`-----> ${name} app detected\n`)
  return { buildpack, name }
}
