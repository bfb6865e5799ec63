import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashByScrypt, hashPassword, isOutdated, isPasswordOf } from './password-hash.ts'

test('a password is known by its hash, which says how it was made', async () => {
  const hash = await hashPassword('correct horse')
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.equal(await isPasswordOf(hash, 'correct horse'), true)
  assert.equal(await isPasswordOf(hash, 'correct hors'), false)
  assert.equal(isOutdated(hash), false)
})

test('a hash made without the native module still counts, and is due for a new one', async () => {
  const hash = await hashByScrypt('correct horse')
  assert.equal(await isPasswordOf(hash, 'correct horse'), true)
  assert.equal(await isPasswordOf(hash, 'correct hors'), false)
  assert.equal(isOutdated(hash), true)
})

test('only so many hashes wait; more are refused at once', async () => {
  const hash = await hashPassword('x')
  const answers = await Promise.allSettled(
    Array.from({ length: 60 }, () => isPasswordOf(hash, 'x')),
  )
  const refused = answers.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 60 - 42)
  assert.equal(await isPasswordOf(hash, 'x'), true)
})
