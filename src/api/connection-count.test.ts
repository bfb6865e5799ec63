import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countConnections } from './connection-count.ts'

test('of one address only so many may be connected at once; who leaves makes room', () => {
  const { enter, leave } = countConnections({ total: 10, perAddress: 2 })
  assert.deepEqual(['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2'].map(enter), [
    true,
    true,
    false,
    true,
  ])
  leave('192.0.2.1')
  assert.equal(enter('192.0.2.1'), true)
})

test('addresses of one IPv6 network count as one', () => {
  const { enter } = countConnections({ total: 10, perAddress: 1 })
  assert.deepEqual(['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map(enter), [
    true,
    false,
    true,
  ])
})

test('a proxy on this machine stands for many, and nobody is let in beyond the total', () => {
  const { enter, leave } = countConnections({ total: 3, perAddress: 1 })
  assert.deepEqual(['127.0.0.1', '127.0.0.1', '::1', '192.0.2.1'].map(enter), [
    true,
    true,
    true,
    false,
  ])
  leave('127.0.0.1')
  assert.equal(enter('192.0.2.1'), true)
})
