import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '#/foundation/errors.ts'
import type { ConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import {
  applyChange,
  compareConfigs,
  CONFIG_LIMIT_BYTES,
  describeDifference,
} from './config-var.ts'

const config: ConfigSnapshot = {
  own: { FOO: '1', BAR: '2' },
  attached: { DATABASE: { DATABASE_URL: 'postgres://secret' } },
}
const refused = (change: Record<string, string | null>): string => {
  try {
    applyChange(config, change)
  } catch (error) {
    assert.ok(error instanceof ApiError)
    assert.equal(error.status, 422)
    return error.message
  }
  throw new Error(`Not refused: ${Object.keys(change).join()}`)
}

test('variables are added, changed and removed; an empty one is a value', () => {
  const after = applyChange(config, { FOO: '3', BAR: null, NEW: '', GONE: null })
  assert.deepEqual(after.own, { FOO: '3', NEW: '' })
  assert.deepEqual(config.own, { FOO: '1', BAR: '2' })
})

test('names that a shell or the platform could not use are refused', () => {
  const bad = [
    '',
    '1A',
    'A-B',
    'A B',
    'A=B',
    '__A',
    '__proto__',
    'Ä',
    'A\n',
    'A\0',
    'X'.repeat(201),
  ]
  for (const key of bad)
    assert.match(refused(Object.fromEntries([[key, 'x']])), /is not a name for a config var/, key)
})

test('names that objects have of themselves are names like others', () => {
  const after = applyChange(config, { constructor: 'a', toString: 'b', valueOf: null })
  assert.equal(after.own['constructor'], 'a')
  assert.deepEqual(compareConfigs(config, after), {
    set: ['constructor', 'toString'],
    removed: [],
  })
})

test('values that no process can be given are refused, without being repeated', () => {
  for (const value of ['a\0b', '\ud800']) {
    const message = refused({ FOO: `s3cr3t${value}` })
    assert.match(message, /The value of FOO/)
    assert.ok(!message.includes('s3cr3t'))
  }
})

test('what an add-on provides cannot be changed or removed, but may be sent back as it is', () => {
  assert.match(refused({ DATABASE_URL: 'postgres://mine' }), /provided by an add-on/)
  assert.match(refused({ DATABASE_URL: null }), /provided by an add-on/)
  const same = applyChange(config, { DATABASE_URL: 'postgres://secret', FOO: '1', BAR: '2' })
  assert.deepEqual(same, config)
})

test('all variables together have a limit, add-ons included', () => {
  const room = CONFIG_LIMIT_BYTES - 'FOO1BAR2DATABASE_URLpostgres://secretBIG'.length
  applyChange(config, { BIG: 'x'.repeat(room) })
  assert.match(refused({ BIG: 'x'.repeat(room + 1) }), /64 KB in all/)
  assert.match(refused({ BIG: 'ä'.repeat(room / 2 + 1) }), /64 KB in all/)
})

test('a release says what was set and removed, never the values', () => {
  const tell = (change: Record<string, string | null>): string =>
    describeDifference(compareConfigs(config, applyChange(config, change)))
  assert.equal(tell({ FOO: 'x', B: 'y' }), 'Set B, FOO config vars')
  assert.equal(tell({ FOO: null }), 'Remove FOO config vars')
  assert.equal(tell({ FOO: null, B: 'y' }), 'Set B config vars, Remove FOO config vars')
})
