import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { run } from '#/foundation/exec.ts'

const path = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url))

test('every program of the platform was bundled, and its bundle can be loaded', async () => {
  const programs = readdirSync(path('bin')).flatMap((name) => /^(.+)\.ts$/.exec(name)?.[1] ?? [])
  for (const program of programs) {
    const bundle = path(`node_modules/.cache/programs/${program}.mjs`)
    const { code, stderr } = await run(process.execPath, ['--check', bundle])
    assert.equal(code, 0, `${stderr}\nIs it there? script/bootstrap makes it.`)
    assert.doesNotMatch(readFileSync(bundle, 'utf8'), /\bnew URL\('[^']*', import\.meta\.url\)/)
  }
})
