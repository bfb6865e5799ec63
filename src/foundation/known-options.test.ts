import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownOptions } from './known-options.ts'

test('options of a version that is yet to come are passed over, and the others heard', () => {
  const argv = ['--listen-fd', '3', '--yet-to-come', '9', '--also=1', '--alone', '--port=80']
  assert.deepEqual(knownOptions(argv, ['port', 'listen-fd', 'host']), {
    port: '80',
    'listen-fd': '3',
  })
})

test('an option without its value is none', () => {
  assert.deepEqual(knownOptions(['--port'], ['port']), {})
})
