import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planDynos, replacedBy } from './plan-dynos.ts'

const slug = { processTypes: { web: 'serve', worker: 'work', release: 'migrate' } }
const size = 'Standard-1X'
const formations = [
  { type: 'web', quantity: 2, size },
  { type: 'worker', quantity: 1, size },
  { type: 'release', quantity: 1, size },
  { type: 'gone', quantity: 3, size },
]
const names = (dynos: { type: string; number: number }[]): string[] =>
  dynos.map(({ type, number }) => `${type}.${number}`)
const running = (list: string[], deployId = 'earlier') =>
  list.map((name) => {
    const [type = '', number] = name.split('.')
    return { id: name, type, number: Number(number), size, deployId, retiredAt: null }
  })
const aDeploy = (kind: 'release' | 'restart' | 'scale', dynoName: string | null = null) => ({
  id: 'this',
  kind,
  dynoName,
})

test('a release wants the whole formation of types that the slug has, but never the release phase', () => {
  const planned = planDynos({
    deploy: aDeploy('release'),
    slug,
    formations,
    running: running(['web.1']),
  })
  assert.deepEqual(names(planned), ['web.1', 'web.2', 'worker.1'])
})

test('a release replaces everything that ran before it', () => {
  const kept = [
    ...running(['web.1', 'web.2', 'worker.1']),
    ...running(['web.1', 'web.2', 'worker.1'], 'this'),
  ]
  const replaced = replacedBy({ deploy: aDeploy('release'), kept, formations })
  assert.deepEqual(
    replaced.map(({ deployId }) => deployId),
    ['earlier', 'earlier', 'earlier'],
  )
})

test('an app without code wants nothing', () => {
  assert.deepEqual(
    planDynos({ deploy: aDeploy('release'), slug: null, formations, running: [] }),
    [],
  )
})

test('a restart wants just the dynos it names, and replaces just those', () => {
  const before = running(['web.1', 'web.2', 'worker.1'])
  const plan = (name: string | null) =>
    names(planDynos({ deploy: aDeploy('restart', name), slug, formations, running: before }))
  assert.deepEqual(plan('web.2'), ['web.2'])
  assert.deepEqual(plan('web'), ['web.1', 'web.2'])
  assert.deepEqual(plan(null), ['web.1', 'web.2', 'worker.1'])
  const kept = [...before, ...running(['web.2'], 'this')]
  assert.deepEqual(
    replacedBy({ deploy: aDeploy('restart', 'web.2'), kept, formations }).map(({ id }) => id),
    ['web.2'],
  )
})

test('a scale adds what is missing and takes out what is too many', () => {
  const before = running(['web.1', 'worker.1', 'worker.2'])
  assert.deepEqual(
    names(planDynos({ deploy: aDeploy('scale'), slug, formations, running: before })),
    ['web.2'],
  )
  const kept = [...before, ...running(['web.2'], 'this')]
  assert.deepEqual(
    replacedBy({ deploy: aDeploy('scale'), kept, formations }).map(({ id }) => id),
    ['worker.2'],
  )
})

test('a changed size replaces the dynos of that type', () => {
  const bigger = formations.map((row) =>
    row.type === 'worker' ? { ...row, size: 'Standard-2X' } : row,
  )
  const before = running(['web.1', 'web.2', 'worker.1'])
  assert.deepEqual(
    names(planDynos({ deploy: aDeploy('scale'), slug, formations: bigger, running: before })),
    ['worker.1'],
  )
  const kept = [...before, { ...running(['worker.1'], 'this')[0]!, id: 'new' }]
  assert.deepEqual(
    replacedBy({ deploy: aDeploy('scale'), kept, formations: bigger }).map(({ id }) => id),
    ['worker.1'],
  )
})
