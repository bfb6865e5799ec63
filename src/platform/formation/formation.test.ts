import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstQuantity, sizeNamed } from './formation.ts'

test('a size is known however it is written', () => {
  assert.equal(sizeNamed('standard-2x'), 'Standard-2X')
  assert.equal(sizeNamed('BASIC'), 'Basic')
  assert.equal(sizeNamed('enormous'), undefined)
})

test('a first release starts one web dyno and nothing else', () => {
  assert.deepEqual(['web', 'worker', 'release'].map(firstQuantity), [1, 0, 0])
})
