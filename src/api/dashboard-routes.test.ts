import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aTestPlatform } from '../../test/support/test-platform.ts'

const { call } = await aTestPlatform()
const open = (path: string, headers: Record<string, string> = {}) =>
  call('GET', path, undefined, { headers: { authorization: '', ...headers } })

test('a browser that asks for / is led to the dashboard, a client is not', async () => {
  const browser = await open('/', { accept: 'text/html,application/xhtml+xml' })
  assert.deepEqual([browser.statusCode, browser.headers.location], [302, '/dashboard'])
  assert.equal((await open('/', { accept: '*/*' })).statusCode, 404)
})

test('the page comes at each of its addresses under a policy without inline code, and is kept nowhere', async (t) => {
  for (const path of ['/dashboard', '/dashboard/', '/dashboard/apps/shop/logs']) {
    const page = await open(path)
    if (page.statusCode === 503) return t.skip('the dashboard has not been built')
    assert.equal(page.statusCode, 200)
    assert.equal(page.headers['cache-control'], 'no-store')
    assert.match(
      String(page.headers['content-security-policy']),
      /script-src 'self'; style-src 'self'/,
    )
    assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe/)
    assert.doesNotMatch(page.body, /<script>|<style|style=| on\w+=/)
  }
})

test('the look that was chosen is there from the first byte, on the page and on those around it', async (t) => {
  for (const path of ['/sign-in', '/dashboard']) {
    const [dark, other] = [
      await open(path, { cookie: 'theme=dark' }),
      await open(path, { cookie: 'theme="><script>alert(1)</script>' }),
    ]
    if (dark.statusCode === 503) return t.skip('the dashboard has not been built')
    assert.match(dark.body, /<html[^>]* data-theme="dark"/)
    assert.doesNotMatch(other.body, /data-theme|alert/)
  }
  const style = await open('/pages/style.css')
  assert.match(style.body, /--accent: #0f766e[\s\S]*background: var\(--page\)/)
  assert.equal(
    (await open('/pages/icon.svg')).headers['content-type'],
    'image/svg+xml; charset=utf-8',
  )
})

test('what it first loads is small, and kept by its name', async (t) => {
  const page = await open('/dashboard')
  if (page.statusCode === 503) return t.skip('the dashboard has not been built')
  let bytes = 0
  const scripts = [...page.body.matchAll(/\/dashboard\/assets\/[\w.-]+\.js/g)].map(([path]) => path)
  assert.ok(scripts.length > 0)
  for (const path of scripts) {
    const packed = await open(path, { 'accept-encoding': 'br, gzip' })
    assert.equal(packed.headers['content-encoding'], 'gzip')
    assert.match(String(packed.headers['cache-control']), /immutable/)
    bytes += packed.rawPayload.length
    const plain = await open(path, { 'accept-encoding': '' })
    assert.ok(plain.rawPayload.length > packed.rawPayload.length)
  }
  assert.ok(bytes < 200 * 1024, `${bytes} bytes`)
})

test('nothing else of the disk is reached', async () => {
  for (const name of [
    ...['..%2findex.html', '%2e%2e%2findex.html', '..%5cindex.html', 'no-such.js', 'index.html'],
    ...['..%2f..%2f..%2fpackage.json', '.js', 'a%00.js'],
  ])
    assert.ok((await open(`/dashboard/assets/${name}`)).statusCode >= 400, name)
})
