import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOfPlatform, normalizeHostname } from './domain.ts'

test('names of hosts are compared in lower case, without a last dot, in ASCII', () => {
  assert.equal(normalizeHostname('WWW.Example.COM.'), 'www.example.com')
  assert.equal(normalizeHostname('bücher.example'), 'xn--bcher-kva.example')
  assert.equal(normalizeHostname('a-1.b2.example'), 'a-1.b2.example')
})

test('what is no full name of a host is none', () => {
  const bad = [
    '',
    '.',
    'localhost',
    'example.com/path',
    'example.com:80',
    'http://example.com',
    '-a.example',
    'a-.example',
    'a..example',
    'a_b.example',
    'a b.example',
    'a\n.example',
    '10.0.0.1',
    '0x7f.1',
    '[::1]',
    'user@example.com',
    `${'x'.repeat(64)}.example`,
    `${'x.'.repeat(130)}example`,
    'a\u0000.example',
  ]
  for (const text of bad) assert.equal(normalizeHostname(text), undefined, text)
})

test('names that the platform gives out are its own', () => {
  const settings = { domain: 'Apps.example', apiHost: 'api.example' }
  for (const name of [
    'apps.example',
    'a.apps.example',
    'a.b.apps.example',
    'api.example',
    '*.apps.example',
    '*.a.apps.example',
    '*.example',
  ])
    assert.ok(isOfPlatform(name, settings), name)
  for (const name of ['myapps.example', 'example', 'apps.example.org', '*.myapps.example'])
    assert.ok(!isOfPlatform(name, settings), name)
})
