import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesOf } from './event-changes.ts'

test('an event tells each field that is another, and none that stayed', () => {
  const before = { name: 'shop', size: 'Basic', tags: ['a'], gone: 1 }
  const after = { name: 'shop', size: '\u001b[31mEco', tags: ['a', 'b'], fresh: null }
  assert.deepEqual(changesOf({ before, after }), [
    { name: 'size', before: 'Basic', after: 'Eco' },
    { name: 'tags', before: '["a"]', after: '["a","b"]' },
    { name: 'gone', before: '1', after: undefined },
    { name: 'fresh', before: undefined, after: 'null' },
  ])
})

test('an event without fields has changed none', () => {
  assert.deepEqual(changesOf({ before: null, after: null }), [])
})
