import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Of each part that can die at a named place, some test must make it die there. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))

const textsOf = async (
  folder: string,
  isMeant: (name: string) => boolean,
): Promise<{ name: string; text: string }[]> => {
  const names = await readdir(join(ROOT, folder), { recursive: true })
  return Promise.all(
    names
      .filter((name) => name.endsWith('.ts') && isMeant(name))
      .map(async (name) => ({ name, text: await readFile(join(ROOT, folder, name), 'utf8') })),
  )
}

const isTest = (name: string): boolean => name.endsWith('.test.ts')

/** `deploy-after-${name}` stands for a failpoint after each step of a deploy. */
const STEPS = [
  'release-phase',
  'want-dynos',
  'healthy',
  'route',
  'routed',
  'stop-old',
  'old-stopped',
]

test('somebody dies at every failpoint', async () => {
  const sources = await textsOf('src', (name) => !isTest(name))
  const named = sources.flatMap(({ text }) =>
    [...text.matchAll(/failpoint\(['`]([^'`]+)['`]\)/g)].map(([, name = '']) => name),
  )
  const steps = sources.find(({ name }) => name === 'platform/deploy/deploy-steps.ts')?.text ?? ''
  const failpoints = [...new Set(named)].flatMap((name) =>
    name.includes('$') ? STEPS.map((step) => `deploy-after-${step}`) : [name],
  )
  assert.equal(steps.match(/await step(InTransaction)?\(/g)?.length, STEPS.length)

  const tests = [
    ...(await textsOf('src', isTest)),
    ...(await textsOf('test', (name) => isTest(name) || name.startsWith('faults/'))),
  ]
  const spared = failpoints.filter((name) => !tests.some(({ text }) => text.includes(`'${name}'`)))
  assert.ok(failpoints.length > 20, failpoints.join(' '))
  assert.deepEqual(spared, [])
})
