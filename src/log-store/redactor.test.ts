import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redactor } from './redactor.ts'

test('the value of a key that looks secret is taken out wherever it stands', () => {
  const redact = redactor({ STRIPE_API_KEY: 'sk_live_4242', GREETING: 'hello world' })
  assert.equal(redact('key=sk_live_4242; hello world'), 'key=[REDACTED]; hello world')
  assert.equal(redact('sk_live_4242sk_live_4242'), '[REDACTED][REDACTED]')
})

test('the password of a URL is taken out, whatever its key', () => {
  const redact = redactor({ DATABASE_URL: 'postgres://me:p%40ssw0rd@db.example.com/app' })
  assert.equal(
    redact('connected as p@ssw0rd to postgres://me:p%40ssw0rd@db.example.com/app'),
    'connected as [REDACTED] to postgres://me:[REDACTED]@db.example.com/app',
  )
})

test('the password of a URL that is in no config var is taken out of the text', () => {
  assert.equal(
    redactor({})('cloning https://me:abc@example.com/x'),
    'cloning https://me:[REDACTED]@example.com/x',
  )
  assert.equal(redactor({})('see http://example.com:80/a@b'), 'see http://example.com:80/a@b')
})

test('a secret that holds another is taken out whole', () => {
  const redact = redactor({ A_TOKEN: 'abcdef', B_TOKEN: 'abcdef-ghijkl' })
  assert.equal(redact('abcdef-ghijkl abcdef'), '[REDACTED] [REDACTED]')
})

test('a secret is found as a URL or JSON shows it', () => {
  const redact = redactor({ APP_SECRET: 'a"b c/d&e' })
  assert.equal(redact('x={"s":"a\\"b c/d&e"}'), 'x={"s":"[REDACTED]"}')
  assert.equal(redact('?s=a%22b%20c%2Fd%26e'), '?s=[REDACTED]')
})

test('a private key is taken out of each line it is printed on', () => {
  const redact = redactor({
    PRIVATE_KEY: '-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\n-----END KEY-----',
  })
  assert.equal(redact('MIIEvQIBADANBgkqh'), '[REDACTED]')
  assert.equal(redact('-----END KEY-----'), '-----END KEY-----')
})

test('short values, ordinary words and keys that only sound secret stay', () => {
  const redact = redactor({
    PASS: 'short',
    AUTH_MODE: 'required',
    AUTHOR: 'Ada Lovelace',
    AUTHOR_NAME: 'Ada L',
  })
  assert.equal(redact('short required Ada Lovelace'), 'short required Ada Lovelace')
})

test('a value with the characters of a pattern is no pattern', () => {
  assert.equal(redactor({ MY_TOKEN: '.*(a+)+$[' })('.*(a+)+$[ and text'), '[REDACTED] and text')
})

test('a key that is marked says whether its value is secret, whatever its name and value are', () => {
  const env = { GREETING: 'hello', API_KEY: 'abcdefgh', MODE: 'production', constructor: 'x' }
  const redact = redactor(env, { GREETING: 'secret', API_KEY: 'plain', MODE: 'secret' })
  assert.equal(redact('hello abcdefgh production'), '[REDACTED] abcdefgh [REDACTED]')
  const url = { DATABASE_URL: 'postgres://me:passw0rd@db/x' }
  assert.equal(redactor(url, { DATABASE_URL: 'plain' })('is passw0rd'), 'is passw0rd')
  assert.equal(
    redactor(url, { DATABASE_URL: 'plain' })(url.DATABASE_URL),
    'postgres://me:[REDACTED]@db/x',
  )
})
