import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGitUrl, parseGitRequest } from './git-request.ts'

test('the smart protocol asks for refs and then for one of two services', () => {
  assert.deepEqual(parseGitRequest('GET', '/shop.git/info/refs?service=git-receive-pack'), {
    app: 'shop',
    service: 'git-receive-pack',
    path: '/info/refs',
    query: 'service=git-receive-pack',
  })
  assert.deepEqual(parseGitRequest('POST', '/shop.git/git-upload-pack'), {
    app: 'shop',
    service: 'git-upload-pack',
    path: '/git-upload-pack',
    query: '',
  })
})

for (const [method, url] of [
  ['GET', '/shop.git/info/refs'],
  ['GET', '/shop.git/info/refs?service=git-upload-archive'],
  ['GET', '/shop.git/HEAD'],
  ['GET', '/shop.git/objects/info/packs'],
  ['POST', '/shop.git/info/refs?service=git-receive-pack'],
  ['GET', '/shop.git/git-receive-pack'],
  ['POST', '/shop.git/git-receive-pack/../../other.git/git-receive-pack'],
  ['POST', '/%2e%2e.git/git-receive-pack'],
  ['POST', '/--upload-pack=x.git/git-receive-pack'],
  ['POST', '/.git/git-receive-pack'],
] as const)
  test(`${method} ${url} is a URL of git's, and nothing is there`, () => {
    assert.ok(isGitUrl(url))
    assert.equal(parseGitRequest(method, url), undefined)
  })

test('a path of the API is not one of git', () => {
  assert.equal(isGitUrl('/apps/shop.git.example/builds'), false)
  assert.equal(isGitUrl('/apps/shop.git'), false)
})
