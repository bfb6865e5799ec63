import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '#/foundation/errors.ts'
import { buildpackUrl, nameOf, publicNameOf } from './buildpack.ts'

const strict = { fileUrlsAllowed: false }

test('a built-in buildpack has one spelling, however it is named', () => {
  const names = [
    'heroku/nodejs',
    'Heroku/NodeJS',
    'urn:buildpack:heroku/nodejs',
    'https://buildpack-registry.s3.amazonaws.com/buildpacks/heroku/nodejs.tgz',
  ]
  for (const name of names) assert.equal(buildpackUrl(name, strict), 'urn:buildpack:heroku/nodejs')
  assert.equal(nameOf({ url: 'urn:buildpack:heroku/nodejs' }), 'heroku/nodejs')
})

test('others are kept as they were written', () => {
  const urls = [
    'https://github.com/heroku/heroku-buildpack-apt',
    'https://github.com/heroku/heroku-buildpack-apt.git#v1.2',
    'https://github.com/some/one.git#feature/x_y-z',
    'http://git.example.com:8080/one.git#0a1b2c',
    'git://example.com/one.git',
    'https://example.com/one.tgz',
    'https://token:x-oauth@example.com/one.git',
    'https://buildpack-registry.s3.amazonaws.com/buildpacks/some/other.tgz',
    'https://[::1]/one.git',
  ]
  for (const url of urls) assert.equal(buildpackUrl(url, strict), url)
})

test('what could mean something else to git, a shell or a file system is refused', () => {
  const hostile = [
    '',
    '-',
    'nodejs',
    '--upload-pack=touch /tmp/owned',
    'heroku/--upload-pack',
    'ext::sh -c touch% /tmp/owned',
    'file:///etc',
    'ssh://git@github.com/some/one.git',
    'git@github.com:some/one.git',
    'javascript:alert(1)',
    'https://',
    'https:///one.git',
    'https://-oProxyCommand=x/one.git',
    'https:example.com/one.git',
    'https://example.com/one.git#--upload-pack=x',
    'https://example.com/one.git#a..b',
    'https://example.com/one.git#a b',
    'https://example.com/one.git#$(reboot)',
    'https://example.com/one git',
    'https://example.com/one.git\n',
    'https://example.com/a%0ab.git',
    'https://example.com/a%00b.git',
    "https://example.com/';reboot'",
    'https://example.com/`reboot`',
    'https://example.com\\@evil.example/one.git',
    '../../../etc',
    '/etc/passwd',
    `https://example.com/${'x'.repeat(2000)}`,
    'https://exämple.com/one.git',
  ]
  for (const text of hostile)
    assert.throws(
      () => buildpackUrl(text, strict),
      (error) => error instanceof ApiError && error.status === 422,
      text,
    )
})

test('a name that no registry knows is refused with those there are', () => {
  for (const name of ['heroku/ruby', 'some/one', 'urn:buildpack:heroku/ruby'])
    assert.throws(() => buildpackUrl(name, strict), /heroku\/nodejs and heroku\/python/)
})

test('file URLs are for whoever allows them', () => {
  const url = 'file:///srv/buildpacks/one.git#main'
  assert.equal(buildpackUrl(url, { fileUrlsAllowed: true }), url)
})

test('what is secret in a URL does not get into events', () => {
  assert.equal(publicNameOf({ url: 'https://user:t0k3n@example.com/a' }), 'https://example.com/a')
  assert.equal(publicNameOf({ url: 'https://example.com/a@b' }), 'https://example.com/a@b')
})
