import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareConfig } from './promotion-plan.ts'

test('config is compared by key: missing, extra, same and different, never by value', () => {
  const source = { A: '1', B: 'same', C: 'secret-of-staging', __proto__x: 'p' }
  const target = { B: 'same', C: 'secret-of-production', Z: '1' }
  const difference = compareConfig(source, target)
  assert.deepEqual(difference, {
    missing: ['A', '__proto__x'],
    extra: ['Z'],
    same: ['B'],
    different: ['C'],
  })
  assert.doesNotMatch(JSON.stringify(difference), /secret/)
})

test('keys that every object has are config vars like others', () => {
  assert.deepEqual(compareConfig({ constructor: 'x', toString: 'y' }, {}).missing, [
    'constructor',
    'toString',
  ])
})
