import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSignedBy, newKey, seal, sign, unseal } from './crypto.ts'

const key = newKey()
const place = ['config_snapshots', 'sealed', 'row-1']

test('a sealed value opens at its place with its key', () => {
  assert.equal(unseal(key, place, seal(key, place, 'päss|word')).toString(), 'päss|word')
})

test('a sealed value never looks the same twice', () => {
  assert.notEqual(seal(key, place, 'same'), seal(key, place, 'same'))
})

test('moved to another row, altered, or with another key it does not open', () => {
  const sealed = seal(key, place, 'secret')
  assert.throws(() => unseal(key, ['config_snapshots', 'sealed', 'row-2'], sealed))
  assert.throws(() => unseal(newKey(), place, sealed))
  const [version, nonce, ciphertext, tag] = sealed.split('.')
  assert.throws(() =>
    unseal(key, place, [version, nonce, `A${ciphertext?.slice(1)}B`, tag].join('.')),
  )
  assert.throws(() => unseal(key, place, 'nonsense'))
})

test('a signature is of one text and one key', () => {
  const signature = sign(key, '/streams/releases/1 99')
  assert.ok(isSignedBy(key, '/streams/releases/1 99', signature))
  assert.ok(!isSignedBy(key, '/streams/releases/2 99', signature))
  assert.ok(!isSignedBy(newKey(), '/streams/releases/1 99', signature))
  assert.ok(!isSignedBy(key, '/streams/releases/1 99', ''))
})
