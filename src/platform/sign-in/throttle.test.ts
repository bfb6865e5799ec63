import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf, waitAfter } from './throttle.ts'

test('waiting doubles, up to a limit', () => {
  const waits = [1, 5, 6, 7, 8, 12, 100, 1_000_000].map((attempts) => waitAfter('both', attempts))
  assert.deepEqual(waits, [0, 0, 2, 4, 8, 128, 900, 900])
  assert.equal(waitAfter('account', 1_000_000), 60)
  assert.equal(waitAfter('address', 30), 0)
})

test('addresses of one customer count as one', () => {
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::1'))
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
  assert.equal(networkOf(null), 'unknown')
})
