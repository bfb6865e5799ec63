import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPolicy } from './format-policy.ts'

const next = {
  from: '2026-11-27T15:00:00Z',
  until: '2026-11-30T07:00:00Z',
  time_zone: 'Europe/Vienna',
  reason: null,
}

test('the policy line says what is missing and when a freeze holds', () => {
  assert.equal(
    formatPolicy({ approvals_needed: 1, approvals_given: 0, freeze: { now: null, next } }),
    '✗ needs 1 approval (have 0); no freeze now, next: Fri 27 Nov 16:00 – Mon 30 Nov 08:00 Europe/Vienna',
  )
  const now = { ...next, reason: 'holidays' }
  assert.equal(
    formatPolicy({ approvals_needed: 2, approvals_given: 2, freeze: { now, next: null } }),
    'needs 2 approvals (have 2); ✗ frozen until Mon 30 Nov 08:00 Europe/Vienna (holidays)',
  )
  const override = { expires_at: '2026-11-28T08:00:00Z', reason: 'the shop is down' }
  assert.equal(
    formatPolicy({
      approvals_needed: 0,
      approvals_given: 0,
      freeze: { now, next: null, override },
    }),
    '! frozen until Mon 30 Nov 08:00 Europe/Vienna (holidays), overridden by you until Sat 28 Nov 09:00 (the shop is down)',
  )
})

test('a stage that asks nothing has no line', () => {
  const freeze = { now: null, next: null }
  assert.equal(formatPolicy({ approvals_needed: 0, approvals_given: 0, freeze }), '')
  assert.equal(formatPolicy(null), '')
})
