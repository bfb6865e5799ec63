import { BuildRejection, complaint } from '#/builder/build-rejection.ts'
import { readInside, TooLong } from '#/builder/read-inside.ts'
import type { Build } from '#/builder/run-program.ts'
import { messageOf } from '#/foundation/errors.ts'

/** What the platform and its buildpack go by in a package.json. Read here, since a Node that did it would start longer. */
export type NodePackage = {
  /** `engines.node` and `engines.npm` as they are, in JSON: which runtimes are asked for follows from them alone. */
  engines: string
  /** Lines NAME=VALUE for bin/compile. */
  facts: string
}

const LIMIT_BYTES = 4 * 1024 * 1024

/** @throws BuildRejection if it cannot be read */
export const readNodePackage = async ({
  workspace,
  input,
}: Pick<Build, 'workspace' | 'input'>): Promise<NodePackage> => {
  try {
    const text = (await readInside(workspace.build, 'package.json', LIMIT_BYTES)) ?? ''
    return describe(mappingOf(JSON.parse(text.replace(/^\uFEFF/, ''))))
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TooLong)) throw error
    input.output(complaint(`package.json cannot be read.\n${shown(messageOf(error))}`))
    throw new BuildRejection('the app does not say which version of its language it needs.', {
      cause: error,
    })
  }
}

const SCRIPTS = ['heroku-prebuild', 'heroku-postbuild', 'heroku-cleanup', 'build']

const describe = (contents: Mapping): NodePackage => {
  const engines = mappingOf(contents['engines'])
  const scripts = mappingOf(contents['scripts'])
  const facts = {
    node: shown(engines['node']),
    npm: shown(engines['npm']),
    devDependencies: String(Object.keys(mappingOf(contents['devDependencies'])).length),
    scripts: SCRIPTS.filter((name) => shown(scripts[name]) !== '').join(' '),
  }
  return {
    engines: JSON.stringify([engines['node'] ?? null, engines['npm'] ?? null]),
    facts: Object.entries(facts)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  }
}

type Mapping = Readonly<Record<string, unknown>>

const mappingOf = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

const LONGEST = 500

/** A text on one line, harmless to a terminal; empty for whatever is none. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? value.replace(/\p{C}/gu, ' ').slice(0, LONGEST) : ''
