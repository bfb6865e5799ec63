import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, textOfHtml } from './html.ts'
import { parseCookies, themeOf } from './page.ts'
import { isSameOrigin, isSameOriginRead, ownPath } from './same-origin.ts'

test('what comes from elsewhere is escaped, between tags and in attributes', () => {
  const hostile = `<script>"'&\``
  const shown = html`<p title="${hostile}">
    ${hostile}${html`<b>${1}</b>`}${[html`<i></i>`]}${false}
  </p>`
  assert.equal(
    textOfHtml(shown).replaceAll(/\s*\n\s*/g, ''),
    '<p title="&#60;script&#62;&#34;&#39;&#38;&#96;">&#60;script&#62;&#34;&#39;&#38;&#96;<b>1</b><i></i></p>',
  )
})

test('a form counts only from a page of our own', () => {
  const host = 'localhost:5000'
  for (const [headers, isOurs] of [
    [{ host, 'sec-fetch-site': 'same-origin' }, true],
    [{ host, 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' }, true],
    [{ host, 'sec-fetch-site': 'same-site', origin: 'http://localhost:5000' }, false],
    [{ host, 'sec-fetch-site': 'cross-site' }, false],
    [{ host, 'sec-fetch-site': 'none' }, false],
    [{ host, origin: 'http://localhost:5000' }, true],
    [{ host, origin: 'http://localhost:8080' }, false],
    [{ host, origin: 'http://shop.localhost:5000' }, false],
    [{ host, origin: 'http://localhost:5000.evil.example' }, false],
    [{ host, origin: 'null' }, false],
    [{ host }, false],
  ] as const)
    assert.equal(isSameOrigin(headers), isOurs, JSON.stringify(headers))
  assert.equal(isSameOriginRead({ host }), true)
  assert.equal(isSameOriginRead({ host, 'sec-fetch-site': 'none' }), true)
  assert.equal(isSameOriginRead({ host, 'sec-fetch-site': 'cross-site' }), false)
  assert.equal(isSameOriginRead({ host, origin: 'http://evil.example' }), false)
})

test('nobody is sent elsewhere', () => {
  for (const path of ['/settings', '/auth/browser/0af?x=1&y=%20'])
    assert.equal(ownPath(path, '/x'), path)
  for (const path of [
    ...['//evil.example', '/\\evil.example', 'http://evil.example', 'javascript:alert(1)', ''],
    ...['/\t/evil.example', '/\n/evil.example', ' /settings', 'settings', '/@evil', '/a\r\nx: y'],
  ])
    assert.equal(ownPath(path, '/x'), '/x', JSON.stringify(path))
  assert.equal(ownPath(undefined, '/x'), '/x')
})

test('cookies are read as browsers send them', () => {
  assert.deepEqual(
    [...parseCookies('a=1; __Host-b=x=y; c')],
    [
      ['a', '1'],
      ['__Host-b', 'x=y'],
      ['c', ''],
    ],
  )
  assert.deepEqual([...parseCookies()], [['', '']])
})

test('the look that somebody has chosen is light or dark, and nothing else', () => {
  assert.equal(themeOf('a=1; theme=dark'), 'dark')
  assert.equal(themeOf('theme=light'), 'light')
  for (const cookies of [undefined, '', 'theme=', 'theme="><script>', 'thema=dark'])
    assert.equal(themeOf(cookies), undefined)
})
