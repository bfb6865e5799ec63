import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesOf, subjectOf } from './event-changes.ts'

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

test('a list is one field, and names are words', () => {
  assert.deepEqual(changesOf({ before: ['web@1:Eco'], after: ['web@2:Eco', 'worker@1:Eco'] }), [
    { name: '', before: 'web@1:Eco', after: 'web@2:Eco, worker@1:Eco' },
  ])
  const [change] = changesOf({ before: null, after: { deploysOverlap: true } })
  assert.equal(change?.name, 'deploys overlap')
})

test('what it was done to is told by its name, or by what of it changed', () => {
  assert.equal(subjectOf({ before: null, after: { name: 'shop', size: 'Eco' } }), 'shop')
  assert.equal(subjectOf({ before: { user: 'ada@example.com' }, after: null }), 'ada@example.com')
  assert.equal(subjectOf({ before: null, after: { app: 'shop', stage: 'staging' } }), 'shop')
  assert.equal(subjectOf({ before: ['web@1:Eco'], after: ['web@2:Eco'] }), 'web@2:Eco')
  assert.equal(
    subjectOf({ before: null, after: { https_only: true, limit: 2 } }),
    'https only, limit',
  )
  assert.equal(subjectOf({ before: null, after: null }), '')
  const before = { user: null, https_only: false, limit: 2 }
  assert.equal(subjectOf({ before, after: { ...before, https_only: true } }), 'https only')
})
