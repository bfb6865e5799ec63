import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guessOf } from './guess-stage.ts'

test('the suffix of a name says which stage of which pipeline an app is', () => {
  assert.deepEqual(guessOf('shop-staging'), { pipeline: 'shop', stage: 'staging' })
  assert.deepEqual(guessOf('shop-prod'), { pipeline: 'shop', stage: 'production' })
  assert.deepEqual(guessOf('shop-qa'), { pipeline: 'shop', stage: 'development' })
  assert.deepEqual(guessOf('shop'), { pipeline: 'shop', stage: 'production' })
})
