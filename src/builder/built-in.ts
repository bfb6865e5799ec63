import { rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { removeTree } from '#/foundation/remove-tree.ts'
import type { BuiltInName } from './buildpack-reference.ts'
import { folderInside, isFileInside, readInside, TooLong } from './read-inside.ts'
import type { Workspace } from './workspace.ts'

/** What a bin/detect says: the name it gives the app, if it is one for it, and what it prints. */
export type Detected = { name: string | undefined; printed: string }

/**
 * What a built-in buildpack has in place of bin/detect and bin/release. Nothing of the app's runs for these, so they
 * need no sandbox, whose start would take longer than all they do.
 */
type BuiltIn = {
  /** What it calls the app. */
  name: string
  /** Of which one must be in the app's root. */
  files: string[]
  /** Said if none is. */
  hint: string
  /** How the app's processes start by default. */
  defaultProcessTypes: (buildDir: string) => Promise<Record<string, string>>
  /** A folder of the build that goes to this place in the cache once the slug has been packed: nothing is copied. */
  returned?: { from: string; to: string }
}

export const detectBuiltIn = async (buildDir: string, builtIn: BuiltInName): Promise<Detected> => {
  const { name, files, hint } = BUILT_INS[builtIn]
  for (const file of files)
    if (await isFileInside(buildDir, file)) return { name, printed: `${name}\n` }
  return { name: undefined, printed: `${hint}\n` }
}

export const defaultProcessTypesOf = (
  buildDir: string,
  builtIn: BuiltInName,
): Promise<Record<string, string>> => BUILT_INS[builtIn].defaultProcessTypes(buildDir)

/**
 * Moves what the next build wants of this one's results. Nothing of the build's runs any more, and no link that it has
 * made is followed.
 */
export const returnResults = async (
  { build, cache }: Pick<Workspace, 'build' | 'cache'>,
  builtIn: BuiltInName,
): Promise<void> => {
  const { returned } = BUILT_INS[builtIn]
  if (!returned) return
  const from = await folderInside(build, returned.from)
  const parent = await folderInside(cache, dirname(returned.to))
  if (from === undefined || parent === undefined) return
  const to = join(parent, basename(returned.to))
  await removeTree(to)
  await rename(from, to)
}

const PACKAGE_BYTES = 4 * 1024 * 1024

const hasStartScript = async (buildDir: string): Promise<boolean> => {
  try {
    return /"start"\s*:/.test((await readInside(buildDir, 'package.json', PACKAGE_BYTES)) ?? '')
  } catch (error) {
    if (error instanceof TooLong) return false
    throw error
  }
}

const BUILT_INS: Record<BuiltInName, BuiltIn> = {
  nodejs: {
    name: 'Node.js',
    files: ['package.json'],
    hint: 'There is no package.json, which would make it a Node.js app.',
    defaultProcessTypes: async (buildDir) =>
      (await hasStartScript(buildDir)) || (await isFileInside(buildDir, 'server.js'))
        ? { web: 'npm start' }
        : {},
    returned: { from: '.heroku/node', to: 'nodejs/runtime' },
  },
  python: {
    name: 'Python',
    files: [
      ...['requirements.txt', 'setup.py', 'pyproject.toml'],
      ...['Pipfile', 'poetry.lock', 'uv.lock'],
    ],
    hint: 'There is no requirements.txt, which would make it a Python app.',
    defaultProcessTypes: async () => ({}),
  },
}
