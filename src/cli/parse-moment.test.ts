import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMoment } from './parse-moment.ts'

const NOW = Date.parse('2026-01-31T12:00:00Z')

test('a moment is so long ago, a day, or a time of a day', () => {
  assert.equal(parseMoment('30m', NOW), '2026-01-31T11:30:00.000Z')
  assert.equal(parseMoment('90s', NOW), '2026-01-31T11:58:30.000Z')
  assert.equal(parseMoment(' 2h ', NOW), '2026-01-31T10:00:00.000Z')
  assert.equal(parseMoment('3d', NOW), '2026-01-28T12:00:00.000Z')
  assert.equal(parseMoment('2026-01-02T03:04:05Z'), '2026-01-02T03:04:05.000Z')
  assert.equal(parseMoment('2026-01-02T03:04+02:00'), '2026-01-02T01:04:00.000Z')
  assert.equal(parseMoment('2026-01-02'), new Date(2026, 0, 2).toISOString())
  assert.equal(parseMoment('2026-01-02T10:00'), new Date(2026, 0, 2, 10).toISOString())
})

test('what is no moment is said to be none', () => {
  for (const text of ['yesterday', '', '30', '1', '-3h', '5 weeks', '2026-13-45', '2026-01-02x'])
    assert.throws(() => parseMoment(text), /is no moment/, text)
})
