import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { aFreePort } from '#/keeper/a-free-port.ts'
import { aBrowser, aPersonWithPassword, logIn, PASSWORD } from '../../../test/support/sign-in.ts'
import { OPEN_ID_CLIENT, startOpenIdProvider } from '../../../test/support/open-id-provider.ts'
import { aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const testPlatform = await aTestPlatform()
const { platform, database } = testPlatform
const CALLBACK = 'http://localhost:5000/sign-in/openid/callback'
const { issuer, stop } = await startOpenIdProvider(CALLBACK)
after(stop)
platform.openId = { name: 'Example', issuer, ...OPEN_ID_CLIENT, isOnly: false }
beforeEach(() => database.pool.query('truncate identities, web_sessions'))

type Person = { sub: string; email?: string; email_verified?: boolean; ts?: number }

/** Through the provider's own redirects, as a browser goes. @returns where it is sent back to, with a code */
const throughProvider = async (url: string, person: Person): Promise<string> => {
  await fetch(`${issuer}/as`, { method: 'POST', body: JSON.stringify(person) })
  const cookies = new Map<string, string>()
  let next = url
  for (let hops = 0; hops < 8 && !next.startsWith(CALLBACK); hops++) {
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]?.split(/=(.*)/s, 2) ?? []
      cookies.set(name, value)
    }
    next = new URL(answer.headers.get('location') ?? '', next).href
  }
  return next.replace('http://localhost:5000', '')
}
const begin = async (browser: ReturnType<typeof aBrowser>, next = ''): Promise<string> =>
  String((await browser.get(`/sign-in/openid?next=${encodeURIComponent(next)}`)).headers.location)
const signIn = async (person: Person, next?: string) => {
  const browser = aBrowser(testPlatform)
  const back = await throughProvider(await begin(browser, next), person)
  return { browser, back, answer: await browser.get(back) }
}
const isSignedIn = async (browser: ReturnType<typeof aBrowser>): Promise<boolean> =>
  (await browser.get('/account')).statusCode === 200

test('who has an account signs in by the address that the provider has verified', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  assert.match((await aBrowser(testPlatform).get('/sign-in')).body, /Sign in with Example/)
  const { browser, answer } = await signIn({ sub: email, email, email_verified: true }, '/settings')
  assert.equal(answer.headers.location, '/settings', answer.body)
  assert.equal((await browser.get('/account')).json().email, email)
  assert.deepEqual([...browser.cookies.keys()], ['__Host-sluice_session'])
})

test('an address that is not verified, or nobody’s, opens nothing', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  for (const person of [
    { sub: 'one', email, email_verified: false },
    { sub: 'two', email },
    { sub: 'three' },
    { sub: 'four', email: 'nobody@example.com', email_verified: true },
  ]) {
    const { browser, answer } = await signIn(person)
    assert.equal(answer.statusCode, 403)
    assert.equal(await isSignedIn(browser), false)
  }
})

test('afterwards the identity counts, not the address: nobody else comes in by taking it over', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  await signIn({ sub: 'first', email, email_verified: true })
  const renamed = await signIn({ sub: 'first', email: 'new@example.com', email_verified: true })
  assert.equal((await renamed.browser.get('/account')).json().email, email)
  const other = await signIn({ sub: 'second', email, email_verified: true })
  assert.equal(other.answer.statusCode, 403)
  assert.equal(await isSignedIn(other.browser), false)
})

test('only the browser that began can end, once, and with what it began', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const person = { sub: email, email, email_verified: true }
  const browser = aBrowser(testPlatform)
  const back = await throughProvider(await begin(browser), person)
  const victim = aBrowser(testPlatform)
  assert.equal((await victim.get(back)).statusCode, 403, 'no cookie at all')
  await begin(victim)
  assert.equal((await victim.get(back)).statusCode, 403, 'the cookie of another attempt')
  const forged = aBrowser(testPlatform)
  forged.cookies.set('__Host-sluice_openid', 'v1.x.y.z')
  assert.equal((await forged.get(back)).statusCode, 403)
  const wrongState = back.replace(/state=[^&]+/, 'state=other')
  const copy = new Map(browser.cookies)
  assert.equal((await browser.get(wrongState)).statusCode, 403)
  assert.equal((await browser.get(back)).statusCode, 302)
  for (const [name, value] of copy) victim.cookies.set(name, value)
  assert.equal((await victim.get(back)).statusCode, 403, 'the code was used')
})

test('an account with two-factor authentication is asked for its code all the same', async () => {
  const { email, accountId } = await aPersonWithPassword(testPlatform)
  await database.pool.query('update accounts set two_factor = true where id = $1', [accountId])
  const { browser, answer } = await signIn({ sub: email, email, email_verified: true })
  assert.match(answer.body, /authenticator app/)
  assert.equal(await isSignedIn(browser), false)
})

test('who signed in with the provider long ago signs in once more for what takes a fresh sign-in', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const person = { sub: email, email, email_verified: true }
  const twentyMinutesAgo = Math.floor(Date.now() / 1000) - 1200
  const { browser } = await signIn({ ...person, ts: twentyMinutesAgo })
  assert.equal(await isSignedIn(browser), true)
  const path = '/auth/browser/nothing'
  const sentTo = (await browser.get(path)).headers.location
  assert.match(String(sentTo), /^\/sign-in\?next=.*&again=yes$/)
  const again = await browser.get(`/sign-in/openid?again=yes&next=${encodeURIComponent(path)}`)
  const question = new URL(String(again.headers.location)).searchParams
  assert.equal(question.get('prompt'), 'login')
  const back = await throughProvider(String(again.headers.location), person)
  assert.equal((await browser.get(back)).headers.location, path)
  assert.equal((await browser.get(path)).statusCode, 404, 'fresh: there is just no such login')
})

test('one is sent to a page of the platform, wherever one was to be sent', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const person = { sub: email, email, email_verified: true }
  assert.equal((await signIn(person, '//evil.example')).answer.headers.location, '/dashboard')
})

test('without a provider, or while it cannot be reached, that is said', async () => {
  const before = platform.openId
  platform.openId = {
    name: 'Gone',
    issuer: `http://127.0.0.1:${aFreePort()}`,
    clientId: 'x',
    clientSecret: 'y',
    isOnly: false,
  }
  assert.equal((await aBrowser(testPlatform).get('/sign-in/openid')).statusCode, 503)
  platform.openId = null
  assert.equal((await aBrowser(testPlatform).get('/sign-in/openid')).statusCode, 404)
  assert.doesNotMatch((await aBrowser(testPlatform).get('/sign-in')).body, /Sign in with/)
  platform.openId = before
})

test('where only the provider signs in, no password opens anything, and the refusal tells nothing of accounts', async () => {
  const { email, token } = await aPersonWithPassword(testPlatform)
  const before = platform.openId
  assert.ok(before)
  platform.openId = { ...before, isOnly: true }
  try {
    const browser = aBrowser(testPlatform)
    const form = (await browser.get('/sign-in')).body
    assert.match(form, /Sign in with Example/)
    assert.doesNotMatch(form, /type="password"|\/reset/)
    const refusals = []
    for (const [who, password] of [
      [email, PASSWORD],
      [email, 'wrong'],
      ['nobody@example.com', PASSWORD],
    ] as const) {
      const page = await browser.signIn(who, password)
      const api = await logIn(testPlatform, who, password)
      refusals.push([page.statusCode, page.body, api.statusCode, api.json()])
      assert.match(api.json().message, /signs in with Example/)
    }
    assert.deepEqual(refusals[0]?.slice(0, 1), [403])
    assert.equal(refusals[0]?.[2], 403)
    for (const refusal of refusals) assert.deepEqual(refusal, refusals[0])
    assert.equal(await isSignedIn(browser), false)
    assert.equal((await browser.get('/reset')).statusCode, 403)
    assert.equal((await browser.post('/reset', { email })).statusCode, 403)
    const reset = await testPlatform.call('POST', `/users/${email}/password-resets`)
    assert.equal(reset.statusCode, 403, reset.body)
    const person = { sub: email, email, email_verified: true }
    const { browser: signedIn } = await signIn(person)
    assert.equal(await isSignedIn(signedIn), true)
    assert.doesNotMatch((await signedIn.get('/settings')).body, /type="password"/)
    const account = await testPlatform.call('GET', '/account', undefined, { token })
    assert.equal(account.statusCode, 200, 'tokens are what they were')
  } finally {
    platform.openId = before
  }
})

test('there an invitation makes an account without a password, which the provider opens', async () => {
  const { name: team } = await aTeam(testPlatform, [])
  const email = `${team}@example.com`
  const invited = await testPlatform.call('PUT', `/teams/${team}/invitations`, {
    email,
    role: 'member',
  })
  const link = new URL(invited.json<{ accept_url: string }>().accept_url).pathname
  const before = platform.openId
  assert.ok(before)
  platform.openId = { ...before, isOnly: true }
  try {
    const browser = aBrowser(testPlatform)
    const form = (await browser.get(link)).body
    assert.match(form, /sign in to it with Example/)
    assert.doesNotMatch(form, /type="password"/)
    const joined = await browser.post(link, { password: '' })
    assert.equal(joined.headers.location, '/sign-in?joined=yes&next=/dashboard')
    assert.equal(await isSignedIn(browser), false, 'the link alone signs nobody in')
    const { browser: signedIn } = await signIn({ sub: team, email, email_verified: true })
    const teams = (await signedIn.get('/teams')).json<{ name: string; role: string }[]>()
    assert.deepEqual(
      teams.map(({ name, role }) => [name, role]),
      [[team, 'member']],
    )
  } finally {
    platform.openId = before
  }
  assert.equal((await logIn(testPlatform, email, '')).statusCode, 401)
})
