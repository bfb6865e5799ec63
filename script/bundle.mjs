import { build } from 'esbuild'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Writes each of the platform's programs into one file, with its packages: Node takes a second to find and load their
 * thousand files, and 30 MB to remember them. bin/run.mjs uses a bundle only as long as no source is newer.
 */
const PROGRAMS = ['control-plane', 'engine', 'router', 'drainer', 'keeper', 'issue-certificates']

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'node_modules/.cache/programs')

/** A file of ours finds what lies beside it by its own URL, also from inside a bundle. */
const ownUrls = {
  name: 'own-urls',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined
      const url = `new URL(${JSON.stringify(relative(folder, path))}, import.meta.url).href`
      const text = await readFile(path, 'utf8')
      return {
        loader: 'ts',
        contents: text.replaceAll(/\bimport\.meta\.url\b/g, url),
      }
    })
  },
}

await mkdir(folder, { recursive: true })
const partial = await mkdtemp(`${folder}-`)
try {
  await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS.map((program) => join(root, 'bin', `${program}.ts`)),
    outdir: partial,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
    // Native code, and what is asked for only to see whether it is there.
    external: ['@node-rs/argon2', 'pg-native'],
    // Packages that are CommonJS ask for Node's own modules this way.
    banner: {
      js: `import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url)`,
    },
    plugins: [ownUrls],
  })
  for (const program of PROGRAMS)
    await rename(join(partial, `${program}.mjs`), join(folder, `${program}.mjs`))
} finally {
  await rm(partial, { recursive: true, force: true })
}
