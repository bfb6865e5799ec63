import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { requireFreshSignIn } from '#/platform/account/fresh-sign-in.ts'
import { aBrowser, aPersonWithPassword, PASSWORD } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { parseCookies } from '#/platform/page/page.ts'
import { findSessionActor } from './session.ts'
import { tidySignIns } from './tidy-sign-ins.ts'

const testPlatform = await aTestPlatform()
const { call, platform, database } = testPlatform
const ada = await aPersonWithPassword(testPlatform)
const SESSION = '__Host-sluice_session'
const origin = { requestId: null, remoteAddress: null }

const aSignedInBrowser = async (email = ada.email) => {
  const browser = aBrowser(testPlatform)
  assert.equal((await browser.signIn(email)).statusCode, 303)
  return browser
}
const isSignedIn = async (browser: ReturnType<typeof aBrowser>): Promise<boolean> =>
  (await browser.get('/account')).statusCode === 200

beforeEach(async () => {
  await database.pool.query('truncate web_sessions, sign_in_attempts, known_addresses')
})

test('signing in leaves a cookie that only this host and no script gets', async () => {
  const browser = aBrowser(testPlatform)
  const form = await browser.get('/sign-in')
  assert.equal(form.statusCode, 200)
  assert.match(String(form.headers['content-security-policy']), /^default-src 'none'/)
  const answer = await browser.signIn(ada.email)
  assert.equal(answer.headers.location, '/dashboard')
  const cookies = [answer.headers['set-cookie']].flat().map(String)
  assert.match(
    cookies[0] ?? '',
    /^__Host-sluice_session=[0-9a-f]{64}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=/,
  )
  assert.match((await browser.get('/settings')).body, new RegExp(ada.email))
  const { rows } = await database.pool.query('select * from web_sessions')
  assert.ok(!JSON.stringify(rows).includes(browser.cookies.get(SESSION) ?? ''))
})

test('a wrong password is told on the form, escaped, and leaves no session', async () => {
  const browser = aBrowser(testPlatform)
  const answer = await browser.signIn('"><script>@example.com', 'wrong')
  assert.equal(answer.statusCode, 401)
  assert.match(answer.body, /Invalid credentials provided/)
  assert.doesNotMatch(answer.body, /<script>/)
  assert.equal(browser.cookies.size, 0)
})

test('who tries too often is told on the form how long to wait, and types the address once', async () => {
  const browser = aBrowser(testPlatform)
  let answer = await browser.signIn(ada.email, 'wrong')
  for (let tries = 1; tries < 8 && answer.statusCode === 401; tries++)
    answer = await browser.signIn(ada.email, 'wrong')
  assert.equal(answer.statusCode, 429)
  assert.ok(Number(answer.headers['retry-after']) >= 1)
  assert.match(answer.body, /Too many attempts/)
  assert.match(answer.body, new RegExp(`name="email"[^>]*value="${ada.email}"`))
})

test('each sign-in has a new session, and ends what the browser had: nothing is fixed beforehand', async () => {
  const browser = await aSignedInBrowser()
  const first = browser.cookies.get(SESSION) ?? ''
  const planted = aBrowser(testPlatform)
  planted.cookies.set(SESSION, first)
  await browser.signIn(ada.email)
  assert.notEqual(browser.cookies.get(SESSION), first)
  assert.equal(await isSignedIn(planted), false)
  planted.cookies.set(SESSION, 'f'.repeat(64))
  await planted.signIn(ada.email)
  assert.notEqual(planted.cookies.get(SESSION), 'f'.repeat(64))
})

test('signing out ends the session, not just its cookie', async () => {
  const browser = await aSignedInBrowser()
  const copy = aBrowser(testPlatform)
  copy.cookies.set(SESSION, browser.cookies.get(SESSION) ?? '')
  assert.equal((await browser.post('/sign-out', {})).statusCode, 303)
  assert.equal(browser.cookies.size, 0)
  assert.equal(await isSignedIn(copy), false)
})

test('a session acts on the API, for pages of our own alone, and events name it', async () => {
  const browser = await aSignedInBrowser()
  const from = (site: string, method: 'GET' | 'PATCH') =>
    browser.send(method, '/account', {
      ...(method === 'PATCH' ? { body: { name: 'Ada' } } : {}),
      headers: { 'sec-fetch-site': site },
    })
  assert.equal((await from('same-origin', 'GET')).statusCode, 200)
  for (const site of ['cross-site', 'same-site']) {
    assert.equal((await from(site, 'GET')).statusCode, 401, site)
    assert.equal((await from(site, 'PATCH')).statusCode, 401, site)
  }
  assert.equal((await from('none', 'PATCH')).statusCode, 401)
  assert.equal((await from('same-origin', 'PATCH')).statusCode, 200)
  const event = await platform.db
    .selectFrom('events')
    .select(['sessionId', 'authorizationId', 'actorName'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  assert.ok(event?.sessionId)
  assert.equal(event.authorizationId, null)
})

test('forms of other sites are refused', async () => {
  const browser = await aSignedInBrowser()
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://shop.localhost:8080' },
  ]) {
    const answer = await browser.send('POST', '/sign-out', { form: {}, headers })
    assert.equal(answer.statusCode, 403)
  }
  assert.equal(await isSignedIn(browser), true)
})

test('after signing in one goes to a page of the platform, wherever one was sent from', async () => {
  for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example', '/\t/evil'])
    assert.equal(
      (await aBrowser(testPlatform).signIn(ada.email, PASSWORD, next)).headers.location,
      '/dashboard',
    )
  const { body } = await aBrowser(testPlatform).get('/sign-in?next=//evil.example')
  assert.doesNotMatch(body, /evil/)
  const away = await aBrowser(testPlatform).get('/settings')
  assert.equal(away.headers.location, '/sign-in?next=%2Fsettings')
})

test('a session ends after eight idle hours, and after fourteen days', async () => {
  const browser = await aSignedInBrowser()
  await database.pool.query(
    "update web_sessions set last_used_at = now() - interval '7 hours 59 minutes'",
  )
  assert.equal(await isSignedIn(browser), true)
  await database.pool.query("update web_sessions set expires_at = now() - interval '1 second'")
  assert.equal(await isSignedIn(browser), false)
  const other = await aSignedInBrowser()
  await database.pool.query(
    "update web_sessions set last_used_at = now() - interval '8 hours 1 minute'",
  )
  assert.equal(await isSignedIn(other), false)
  await tidySignIns(platform)
  const { rows } = await database.pool.query('select * from web_sessions')
  assert.deepEqual(rows, [])
})

test('sessions are listed and ended as `heroku sessions` does, one’s own alone', async () => {
  const mine = await aSignedInBrowser()
  const bob = await aPersonWithPassword(testPlatform)
  const theirs = await aSignedInBrowser(bob.email)
  const asAda = { token: ada.token }
  const [session, ...others] = (await call('GET', '/oauth/sessions', undefined, asAda)).json()
  assert.deepEqual(others, [])
  assert.match(session.description, /^Test browser @ /)
  const [foreign] = (await call('GET', '/oauth/sessions', undefined, { token: bob.token })).json()
  for (const id of [foreign.id, '~', 'nonsense']) {
    const answer = await call('DELETE', `/oauth/sessions/${id}`, undefined, asAda)
    assert.equal(answer.statusCode, 404)
    assert.equal(answer.json().resource, 'session')
  }
  assert.equal(
    (await call('DELETE', `/oauth/sessions/${session.id}`, undefined, asAda)).statusCode,
    200,
  )
  assert.equal(await isSignedIn(mine), false)
  assert.equal((await theirs.send('DELETE', '/oauth/sessions/~')).statusCode, 200)
  assert.equal(await isSignedIn(theirs), false)
})

test('a new password ends the account’s other sessions, and not this one', async () => {
  const [here, there] = [await aSignedInBrowser(), await aSignedInBrowser()]
  const answer = await here.post('/settings/password', {
    password: PASSWORD,
    new_password: `${PASSWORD}!`,
  })
  assert.match(answer.body, /has been changed/)
  assert.deepEqual([await isSignedIn(here), await isSignedIn(there)], [true, false])
  await here.post('/settings/password', { password: `${PASSWORD}!`, new_password: PASSWORD })
  const wrong = await here.post('/settings/password', { password: 'no', new_password: PASSWORD })
  assert.match(wrong.body, /The password is wrong/)
})

test('what is fresh for ten minutes is stale afterwards, for a session and not for a token', async () => {
  const browser = await aSignedInBrowser()
  const actor = async () => {
    const cookies = parseCookies(`${SESSION}=${browser.cookies.get(SESSION)}`)
    const found = await findSessionActor(platform.db, cookies, origin)
    assert.ok(found)
    return found
  }
  requireFreshSignIn(await actor())
  assert.equal(
    (await browser.send('POST', '/oauth/authorizations', { body: {} } as const)).statusCode,
    201,
  )
  await database.pool.query("update web_sessions set signed_in_at = now() - interval '11 minutes'")
  const stale = await actor()
  assert.throws(() => requireFreshSignIn(stale), /sign in again/)
  const refused = await browser.send('POST', '/oauth/authorizations', { body: {} })
  assert.equal(refused.json().id, 'sign_in_again')
  requireFreshSignIn(ada.actor)
})

test('elsewhere than on this machine pages are served over https alone', async () => {
  const browser = aBrowser(testPlatform)
  const at = (method: 'GET' | 'POST', headers: Record<string, string>) =>
    browser.send(method, '/sign-in', {
      form: {},
      headers: { host: 'sluice.example:5000', ...headers },
    })
  const plain = await at('GET', {})
  assert.equal(plain.headers.location, 'https://sluice.example:5000/sign-in')
  assert.equal((await at('POST', {})).statusCode, 403)
  assert.equal((await at('GET', { 'x-forwarded-proto': 'https' })).statusCode, 200)
})
