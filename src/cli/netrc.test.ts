import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut } from './netrc.ts'

test('an entry is found in its host’s name and port, and nothing else is touched', () => {
  const other = 'machine localhost:5001\n  login other\n  password p\n'
  const mine = 'machine localhost:5000\n  login ada@example.com\n  password sluice-1\n'
  const tail = 'default login anonymous\n# a comment\n'
  for (const [text, expected] of [
    [mine + other, { mine, rest: other }],
    [other + mine + tail, { mine, rest: other + tail }],
    ['', { mine: '', rest: '' }],
    [other, { mine: '', rest: other }],
    [
      `machine localhost:5000 login a password b\n${tail}`,
      { mine: 'machine localhost:5000 login a password b\n', rest: tail },
    ],
    [mine.trimEnd(), { mine: mine.trimEnd(), rest: '' }],
  ] as const)
    assert.deepEqual(cut(text, 'localhost:5000'), expected)
})
