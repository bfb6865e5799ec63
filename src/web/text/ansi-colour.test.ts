import assert from 'node:assert/strict'
import { test } from 'node:test'
import { colourOf256, colourOfRgb, readableOn } from './ansi-colour.ts'

test('the palette of 256 is xterm’s, and what is not in it has no colour', () => {
  const known = { 0: '#000000', 9: '#ff0000', 16: '#000000', 31: '#0087af', 231: '#ffffff' }
  for (const [number, colour] of Object.entries({ ...known, 232: '#080808', 255: '#eeeeee' }))
    assert.equal(colourOf256(Number(number)), colour, number)
  for (const number of [-1, 256, 1.5, Number.NaN]) assert.equal(colourOf256(number), undefined)
  assert.equal(colourOfRgb([255, 0, 16]), '#ff0010')
  for (const parts of [[1, 2], [1, 2, 256], [1, 2, Number.NaN], []])
    assert.equal(colourOfRgb(parts), undefined)
})

test('a text is readable on any colour', () => {
  assert.equal(readableOn('#000080', '#ffff00'), '#ffff00')
  assert.equal(readableOn('#000080', '#000090'), '#ffffff')
  assert.equal(readableOn('#ffff00', undefined), '#000000')
})
