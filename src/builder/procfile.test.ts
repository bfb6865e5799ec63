import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProcfile } from './procfile.ts'

test('lines that are no process type mean nothing', () => {
  const text =
    '\uFEFFweb:  node server.js --port $PORT  \r\n# web: other\n\nno colon\n:none\nworker : bin/work: now\n../../x: cmd\n'
  assert.deepEqual(parseProcfile(text), {
    web: 'node server.js --port $PORT',
    worker: 'bin/work: now',
  })
})

test('the last line of a type counts', () => {
  assert.deepEqual(parseProcfile('web: a\nweb: b\n'), { web: 'b' })
})

for (const [text, words] of [
  [`${'x'.repeat(65)}: a`, /longer than 64 characters/],
  ['__proto__: a', /__proto__ cannot be the name/],
  ['web: a\u0000b', /control characters/],
  ['web: \u001b[2J', /control characters/],
  [`web: ${'a'.repeat(40_000)}`, /too long/],
  [Array.from({ length: 101 }, (_, n) => `t${n}: a`).join('\n'), /more than 100/],
] as const)
  test(`a Procfile is refused: ${words.source}`, () => {
    assert.throws(() => parseProcfile(text), { name: 'BuildRejection', message: words })
  })
