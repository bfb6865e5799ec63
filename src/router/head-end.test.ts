import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findHeadEnd, isHopeless } from './head-end.ts'

test('the empty line is found wherever it is', () => {
  const text = fc
    .array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'bc'), { maxLength: 30 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (said) => {
      const at = said.indexOf('\r\n\r\n')
      const bytes = Buffer.from(said)
      assert.equal(findHeadEnd(bytes, 0, bytes.length), at === -1 ? -1 : at + 4)
    }),
  )
})

test('bytes behind the end do not count', () => {
  assert.equal(findHeadEnd(Buffer.from('a\r\n\r\n'), 0, 4), -1)
})

test('a head with a bare LF, a bare CR or a NUL is hopeless at once, one that is not whole is not', () => {
  const isSo = (said: string): boolean => isHopeless(Buffer.from(said), 0, said.length)
  assert.equal(isSo('GET / HTTP/1.1\r\nHost: a\r'), false)
  assert.equal(isSo('GET / HTTP/1.1\nHost: a'), true)
  assert.equal(isSo('GET / HTTP/1.1\r\n\r\r'), true)
  assert.equal(isSo('GET \0'), true)
})
