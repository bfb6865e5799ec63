import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHealthPath } from './health-path.ts'

const webChecks = (...web: unknown[]): unknown => ({ healthchecks: { web } })

test('the first startup check with a path counts', () => {
  assert.deepEqual(readHealthPath(webChecks({ type: 'startup', path: '/health?deep=1' })), {
    path: '/health?deep=1',
  })
  const later = webChecks({ type: 'liveness', path: '/alive' }, { uptime: 3 }, { path: '/ready' })
  assert.deepEqual(readHealthPath(later), { path: '/ready' })
})

test('without one there is none', () => {
  for (const appJson of [null, {}, { healthchecks: {} }, { healthchecks: null }, webChecks()])
    assert.deepEqual(readHealthPath(appJson), { path: null })
})

test('what can be no path is told', () => {
  for (const path of ['health', '', '/a b', '/a\r\nHost: b', 7, `/${'a'.repeat(1024)}`])
    assert.equal(typeof readHealthPath(webChecks({ path })), 'string', String(path))
  assert.equal(typeof readHealthPath({ healthchecks: { web: {} } }), 'string')
})
