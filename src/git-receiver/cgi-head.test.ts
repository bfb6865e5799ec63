import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCgiHead } from './cgi-head.ts'

test('status, headers and the begin of the body', () => {
  const head = parseCgiHead(
    Buffer.from('Status: 403 Forbidden\r\nContent-Type: text/plain\r\n\r\nno\r\n\r\nway'),
  )
  assert.deepEqual(
    { ...head, rest: head?.rest.toString() },
    { status: 403, headers: { 'content-type': 'text/plain' }, rest: 'no\r\n\r\nway' },
  )
})

test('without a status it is 200, and half a head is no head yet', () => {
  assert.equal(parseCgiHead(Buffer.from('Expires: never\n\n'))?.status, 200)
  assert.equal(parseCgiHead(Buffer.from('Expires: never\r\n')), undefined)
})

test('what is no head is a failure', () => {
  assert.equal(parseCgiHead(Buffer.alloc(20_000, 'x'))?.status, 500)
})
