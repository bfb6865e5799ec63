import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codeAt,
  findStep,
  newRecoveryCodes,
  otpauthUri,
  plainRecoveryCode,
  stepAt,
  toBase32,
} from './totp.ts'

const seed = Buffer.from('12345678901234567890')

test('codes are those of RFC 6238', () => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [20000000000, '353130'],
  ] as const)
    assert.equal(codeAt(seed, stepAt(seconds * 1000)), code)
})

test('a code is good one step early or late, and no more', () => {
  const time = 1111111109_000
  for (const [shift, isGood] of [
    [0, true],
    [30_000, true],
    [-30_000, true],
    [60_000, false],
    [-60_000, false],
  ] as const)
    assert.equal(findStep(seed, '081 804', time + shift) !== undefined, isGood, String(shift))
  for (const code of ['', '081805', '81804', '0818040', '０８１８０４'])
    assert.equal(findStep(seed, code, time), undefined, code)
})

test('the seed is told as authenticator apps read it', () => {
  assert.equal(toBase32(seed), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  assert.equal(
    otpauthUri(seed, 'a&b@example.com', 'localhost:5000'),
    'otpauth://totp/Sluice%20localhost%3A5000:a%26b%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sluice%20localhost%3A5000',
  )
})

test('recovery codes are ten different ones, however they are copied', () => {
  const codes = newRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) {
    assert.match(code, /^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
    assert.equal(plainRecoveryCode(` ${code.toUpperCase()} `), code.replaceAll('-', ''))
  }
  for (const code of ['', '123456', 'abcd-efgh']) assert.equal(plainRecoveryCode(code), undefined)
})
