import assert from 'node:assert/strict'
import { test } from 'node:test'
import { duration } from './words.ts'

test('how long something took is told in milliseconds up to a second', () => {
  const from = '2026-01-01T00:00:00.000Z'
  assert.equal(duration(from, '2026-01-01T00:00:00.009Z'), '9 ms')
  assert.equal(duration(from, '2026-01-01T00:00:01.240Z'), '1.2 s')
  assert.equal(duration(from, '2025-12-31T23:59:59.000Z'), '0 ms')
})
