import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkWindow, freezeAt, inWords, nextSpan, spanAt } from './freeze-window.ts'

const weekend = {
  kind: 'weekly' as const,
  starts: 'Fri 16:00',
  ends: 'Mon 08:00',
  timeZone: 'Europe/Vienna',
}
const at = (text: string): Date => new Date(text)

test('a weekly window holds from its start to its end by the clock of its zone', () => {
  assert.equal(spanAt(weekend, at('2026-11-27T14:59:59Z')), undefined)
  const span = spanAt(weekend, at('2026-11-27T15:00:00Z'))
  assert.deepEqual(span, { from: at('2026-11-27T15:00:00Z'), until: at('2026-11-30T07:00:00Z') })
  assert.ok(spanAt(weekend, at('2026-11-29T12:00:00Z')))
  assert.ok(spanAt(weekend, at('2026-11-30T06:59:59Z')))
  assert.equal(spanAt(weekend, at('2026-11-30T07:00:00Z')), undefined)
  assert.deepEqual(nextSpan(weekend, at('2026-11-30T07:00:00Z'))?.from, at('2026-12-04T15:00:00Z'))
})

test('a window over a change of the clocks ends when the clock shows its end', () => {
  const intoSummer = spanAt(weekend, at('2026-03-28T12:00:00Z'))
  assert.deepEqual(intoSummer, {
    from: at('2026-03-27T15:00:00Z'),
    until: at('2026-03-30T06:00:00Z'),
  })
  const intoWinter = spanAt(weekend, at('2026-10-24T12:00:00Z'))
  assert.deepEqual(intoWinter, {
    from: at('2026-10-23T14:00:00Z'),
    until: at('2026-10-26T07:00:00Z'),
  })
})

test('a start that the clocks leap over is as late as without the leap; of one that comes twice the first counts', () => {
  const night = { kind: 'range' as const, timeZone: 'Europe/Vienna' }
  const leap = { ...night, starts: '2026-03-29T02:30', ends: '2026-03-29T04:00' }
  assert.deepEqual(spanAt(leap, at('2026-03-29T01:45:00Z')), {
    from: at('2026-03-29T01:30:00Z'),
    until: at('2026-03-29T02:00:00Z'),
  })
  const twice = { ...night, starts: '2026-10-25T02:30', ends: '2026-10-25T04:00' }
  assert.deepEqual(spanAt(twice, at('2026-10-25T00:30:00Z'))?.from, at('2026-10-25T00:30:00Z'))
})

test('zones on either side of the date line and with odd offsets keep their own week', () => {
  const monday = { kind: 'weekly' as const, starts: 'Mon 00:00', ends: 'Tue 00:00' }
  assert.ok(spanAt({ ...monday, timeZone: 'Pacific/Kiritimati' }, at('2026-11-29T10:00:00Z')))
  assert.ok(spanAt({ ...monday, timeZone: 'Pacific/Pago_Pago' }, at('2026-12-01T10:59:00Z')))
  assert.deepEqual(
    spanAt({ ...monday, timeZone: 'Asia/Kathmandu' }, at('2026-11-30T00:00:00Z'))?.from,
    at('2026-11-29T18:15:00Z'),
  )
})

test('a range of dates ends with the start of its last day, and comes once', () => {
  const holidays = {
    kind: 'range' as const,
    starts: '2026-12-20',
    ends: '2027-01-07',
    timeZone: 'UTC',
  }
  assert.equal(spanAt(holidays, at('2026-12-19T23:59:59Z')), undefined)
  assert.ok(spanAt(holidays, at('2027-01-06T23:59:59Z')))
  assert.equal(nextSpan(holidays, at('2027-01-07T00:00:00Z')), undefined)
})

test('of several windows the one that ends last holds, and the next to begin is next', () => {
  const day = { kind: 'range' as const, timeZone: 'UTC' }
  const short = { ...day, starts: '2026-12-20', ends: '2026-12-21' }
  const long = { ...day, starts: '2026-12-19', ends: '2026-12-24' }
  const later = { ...day, starts: '2027-02-01', ends: '2027-02-02' }
  const { now, next } = freezeAt([short, later, long], at('2026-12-20T10:00:00Z'))
  assert.equal(now?.window, long)
  assert.equal(next?.window, later)
  assert.deepEqual(freezeAt([], at('2026-12-20T10:00:00Z')), {})
})

test('what is no window is refused in words', () => {
  const bad = (change: object, words: RegExp): void =>
    assert.throws(() => checkWindow({ ...weekend, ...change }), words)
  checkWindow(weekend)
  bad({ timeZone: 'Europe/Atlantis' }, /not a time zone/)
  bad({ timeZone: '+02:00' }, /not a time zone/)
  bad({ starts: 'Freitag 16:00' }, /time of the week/)
  bad({ starts: 'Fri 24:00' }, /time of the week/)
  bad({ ends: 'Fri 16:00' }, /different times/)
  const range = { kind: 'range', starts: '2026-12-20', ends: '2026-12-21' }
  bad({ ...range, starts: '2026-02-31' }, /not a date/)
  bad({ ...range, ends: '2026-12-20' }, /end after it begins/)
  bad({ ...range, ends: "2026-12-21'; drop table apps" }, /not a date/)
})

test('a moment is named by the clock of its zone', () => {
  assert.equal(
    inWords(at('2026-11-30T07:00:00Z'), 'Europe/Vienna'),
    'Mon 30 Nov 2026 08:00 Europe/Vienna',
  )
})
