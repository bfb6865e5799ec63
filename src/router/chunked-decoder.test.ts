import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChunkedDecoder } from './chunked-decoder.ts'

/** What the decoder makes of `bytes` that arrive in these pieces. */
const decode = (bytes: Buffer, pieces: number[] = []) => {
  let data = ''
  const decoder = new ChunkedDecoder(({ bytes: from, start, end }) => {
    data += from.toString('latin1', start, end)
  })
  const cuts = [...pieces.map((piece) => piece % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  )
  let at = 0
  for (const cut of cuts) if (at < cut) at = decoder.take(bytes, at, cut)
  return { data, taken: at, done: decoder.done, malformed: decoder.malformed }
}

const anEncoded = (chunks: string[], trailers = ''): Buffer =>
  Buffer.from(
    chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') +
      `0\r\n${trailers}\r\n`,
    'latin1',
  )

const aChunk = fc
  .string({ minLength: 1, maxLength: 40 })
  .map((text) => text.replace(/[^ -~]/g, '.') || '.')
const pieces = fc.array(fc.nat(), { maxLength: 20 })

test('however the bytes are cut, the body is the same, and ends where it ends', () => {
  fc.assert(
    fc.property(fc.array(aChunk), pieces, fc.string(), (chunks, cuts, rest) => {
      const encoded = anEncoded(chunks)
      const decoded = decode(Buffer.concat([encoded, Buffer.from(rest)]), cuts)
      assert.deepEqual(decoded, {
        data: chunks.join(''),
        taken: encoded.length,
        done: true,
        malformed: false,
      })
    }),
  )
})

test('a body that was tampered with in one octet is refused wherever it is cut, or nowhere', () => {
  const encoded = anEncoded(['hello', 'world'], 'X: a\r\n')
  fc.assert(
    fc.property(fc.nat(encoded.length - 1), fc.nat(255), pieces, (at, octet, cuts) => {
      const tampered = Buffer.from(encoded)
      tampered[at] = octet
      const whole = decode(tampered)
      const cut = decode(tampered, cuts)
      assert.equal(cut.malformed, whole.malformed)
      assert.equal(cut.done, whole.done)
      assert.equal(cut.data, whole.data)
    }),
  )
})
