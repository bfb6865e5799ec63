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

test('a text that goes on is not cut within what may be a secret', () => {
  const { cutOf } = redactor({ A_TOKEN: 'abcdefgh', B_TOKEN: 'ghijklmn', URL: 'x://u:p4ssw0rd@h' })
  const held = (text: string): string => text.slice(cutOf(text))
  assert.equal(held('so far abcd'), 'abcd')
  assert.equal(held('so far a'), 'a')
  assert.equal(held('nothing of the kind.'), '')
  assert.equal(held('abcd, but not that'), '')
  assert.equal(held('it is abcdefgh'), 'abcdefgh', 'the end of one may begin another')
  assert.equal(held('it is abcdefgh.'), '')
  assert.equal(held('to https://me:pass'), '://me:pass')
  assert.equal(held('to https://me:pass@host'), '')
  assert.equal(held('p4ssw0'), 'p4ssw0')
  assert.equal(redactor({}).cutOf('anything'), 8)
})

test('wherever a text is cut in pieces, no secret comes through', () => {
  const redact = redactor({ A_TOKEN: 'abcabcabd', B_TOKEN: 'abdxyz', PASSWORD: 'xyzabcabc' })
  const whole = 'abcabcabcabdxyzabcabcabd abdxyzabcabcabdxyz https://me:hidden@host abcabcabd'
  for (let size = 1; size < 20; size++) {
    let held = ''
    let out = ''
    for (let at = 0; at < whole.length; at += size) {
      held += whole.slice(at, at + size)
      const cut = redact.cutOf(held)
      out += redact(held.slice(0, cut))
      held = held.slice(cut)
    }
    assert.equal(out + redact(held), redact(whole), `pieces of ${size}`)
  }
})
