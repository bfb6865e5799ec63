import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HeadReader, type HeadState } from './head-reader.ts'
import { IS_VALUE } from './octets.ts'

/** What comes of reading `said`: in a buffer that holds other things before and behind it. */
const read = (said: string): { state: HeadState; headers: [string, string][]; length: number } => {
  const bytes = Buffer.from(`ab${said}\r\n\r\nc: d\r\n\r\n`, 'latin1')
  const reader = new HeadReader({ bytes, start: 2, end: 2 + said.length })
  const headers: [string, string][] = []
  if (reader.first(IS_VALUE)) while (reader.next()) headers.push([reader.name(), reader.value()])
  return { state: reader.state, headers, length: reader.lineEnd - 2 }
}

const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
const value = fc.stringMatching(/^([!-~\x80-\xff]([\t !-~\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/)
const blanks = fc.stringMatching(/^[ \t]{0,3}$/)
const headers = fc.array(fc.tuple(name, blanks, value, blanks), { maxLength: 6 })

const headOf = (lines: [string, string, string, string][]): string =>
  [
    'GET / HTTP/1.1',
    ...lines.map(([key, before, said, after]) => `${key}:${before}${said}${after}`),
  ]
    .map((line) => `${line}\r\n`)
    .join('') + '\r\n'

test('a head is read whole, to its empty line and no further; no beginning of it is whole, and none is malformed', () => {
  fc.assert(
    fc.property(headers, (lines) => {
      const head = headOf(lines)
      const wanted = lines.map(([key, , said]) => [key.toLowerCase(), said])
      assert.deepEqual(read(head), { state: 'whole', headers: wanted, length: head.length })
      const followed = read(`${head}GET /next`)
      assert.deepEqual(followed, { state: 'whole', headers: wanted, length: head.length })
      for (let length = 0; length < head.length; length++)
        assert.equal(read(head.slice(0, length)).state, 'partial', `${length} of ${head.length}`)
    }),
  )
})

test('an octet that may stand nowhere, a bare CR and a bare LF are malformed as soon as they have come', () => {
  fc.assert(
    fc.property(
      headers,
      fc.nat(),
      fc.constantFrom('\0', '\x01', '\x7f', '\n', '\r!'),
      (lines, place, wrong) => {
        const head = headOf(lines)
        const at = place % (head.length - 1)
        if (wrong === '\n' && head[at - 1] === '\r') return
        assert.equal(read(head.slice(0, at) + wrong).state, 'malformed')
      },
    ),
  )
})

test('what is no header line is malformed', () => {
  for (const line of [': a', 'a : b', ' a: b', 'a', 'a b: c', 'a\x80: b'])
    assert.equal(read(`GET / HTTP/1.1\r\n${line}\r\n\r\n`).state, 'malformed', line)
})

test('lines are cut out, and all else is told once', () => {
  const said = 'first\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n\r\n'
  const reader = new HeadReader({ bytes: Buffer.from(said), start: 0, end: said.length })
  reader.first(IS_VALUE)
  const kept: string[] = []
  while (reader.next())
    if (['b', 'c'].includes(reader.name())) {
      const { start, end } = reader.cut()
      kept.push(said.slice(start, end))
    }
  const { start, end } = reader.rest()
  assert.deepEqual([...kept, said.slice(start, end)], ['first\r\na: 1\r\n', '', 'd: 4\r\n'])
  assert.equal(reader.cutBytes, 12)
})
