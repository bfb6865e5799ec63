import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { harmlessTexts } from './harmless-text.ts'
import { LINE_LIMIT_BYTES } from './log-line.ts'

test('an ordinary line stays as it is', () => {
  assert.deepEqual(harmlessTexts('GET /grüße 200\tok'), ['GET /grüße 200\tok'])
  assert.deepEqual(harmlessTexts(''), [''])
})

test('a text of several lines becomes as many', () => {
  assert.deepEqual(harmlessTexts('one\ntwo\r\nthree\rfour\n'), ['one', 'two', 'three', 'four'])
  assert.deepEqual(harmlessTexts('one\n\ntwo'), ['one', '', 'two'])
})

test('colours stay, but nothing else that a terminal obeys', () => {
  assert.deepEqual(harmlessTexts('\u001b[1;32mgreen\u001b[0m'), ['\u001b[1;32mgreen\u001b[0m'])
  assert.deepEqual(harmlessTexts('\u001b]0;title\u0007'), ['␛]0;title␇'])
  assert.deepEqual(harmlessTexts('\u001b[2J\u009b2J'), ['␛[2J\ufffd2J'])
})

test('NUL bytes are shown', () => {
  assert.deepEqual(harmlessTexts('a\u0000b\u007f'), ['a␀b␡'])
  assert.deepEqual(harmlessTexts('\u0000\u0000\u0001\u001b\u001b'), ['␀␀␁␛␛'])
})

test('a line that is too long is split between characters', () => {
  const pieces = harmlessTexts('€'.repeat(10_000))
  assert.equal(pieces.join(''), '€'.repeat(10_000))
  assert.deepEqual(
    pieces.map((piece) => Buffer.byteLength(piece)),
    [9_999, 9_999, 9_999, 3],
  )
})

test('whatever comes in, what goes out is short and free of line ends', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 }).map((some) => some.repeat(100))
  fc.assert(
    fc.property(text, (any) => {
      for (const line of harmlessTexts(any)) {
        assert.ok(Buffer.byteLength(line) <= LINE_LIMIT_BYTES)
        assert.ok(!/[\r\n\0]/.test(line))
      }
    }),
    { numRuns: 50 },
  )
})
