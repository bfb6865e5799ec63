import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

/**
 * `run.mjs PROGRAM ARGUMENT…`: runs one of the platform's programs. From its bundle (see script/bundle.mjs), which
 * starts in a fraction of the time and memory, if no source is newer than that; else from its source.
 */
const [, , program = '', ...args] = process.argv
const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url))

const bundle = path(`node_modules/.cache/programs/${program}.mjs`)
const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Folders too: their times tell what was removed. */
const sources = () => [
  path('package-lock.json'),
  ...['bin', 'src'].flatMap((folder) => [
    path(folder),
    ...readdirSync(path(folder), { recursive: true }).map((name) =>
      path(`${folder}/${String(name)}`),
    ),
  ]),
]
const isFresh = () => {
  const bundledAt = changedAt(bundle)
  return bundledAt > 0 && sources().every((file) => changedAt(file) < bundledAt)
}

const chosen = isFresh() ? bundle : path(`bin/${program}.ts`)
process.argv = [process.execPath, chosen, ...args]
await import(chosen)

/**
 * What a platform does after its start it does seldom: without this V8 interprets most of a promotion, which takes
 * a fifth longer. Set only now, since compiling the code of the start too would cost 10 MB and 0.2 s.
 */
setFlagsFromString('--always-sparkplug')
