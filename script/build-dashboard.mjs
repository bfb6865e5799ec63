import tailwindcss from '@tailwindcss/vite'
import { mkdtemp, readdir, readFile, rename, rm, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { build } from 'vite'

/** Builds the dashboard (src/web) into node_modules/.cache/dashboard, whole or not at all, packed for the wire. */
const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules/.cache')
const folder = join(cache, 'dashboard')

await mkdir(cache, { recursive: true })
const partial = await mkdtemp(`${folder}-`)
try {
  await build({
    configFile: false,
    root: join(root, 'src/web'),
    base: '/dashboard/',
    logLevel: 'warn',
    plugins: [tailwindcss()],
    resolve: { alias: [{ find: /^#\//, replacement: join(root, 'src/') }] },
    build: {
      outDir: partial,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
    },
  })
  const assets = join(partial, 'assets')
  for (const name of await readdir(assets))
    await writeFile(
      join(assets, `${name}.gz`),
      await promisify(gzip)(await readFile(join(assets, name)), { level: 9 }),
    )
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
} finally {
  await rm(partial, { recursive: true, force: true })
}
