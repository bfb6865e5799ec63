import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { aBrowser, aPersonWithPassword } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const testPlatform = await aTestPlatform()
const { call, database } = testPlatform
const ada = await aPersonWithPassword(testPlatform)

type Begun = { browser_url: string; cli_url: string; token: string }

beforeEach(async () => {
  await database.pool.query('truncate cli_logins, web_sessions')
})

const open = { headers: { authorization: '' } }
const begin = async (description = 'Heroku CLI login from laptop'): Promise<Begun> => {
  const answer = await call('POST', '/auth', { description }, open)
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}
const wait = ({ cli_url: url, token }: Begun) => call('GET', url, undefined, { token })
const aSignedInBrowser = async () => {
  const browser = aBrowser(testPlatform)
  await browser.signIn(ada.email)
  return browser
}

test('the CLI waits until its person has approved, and gets a token of theirs', async () => {
  const begun = await begin()
  const waiting = wait(begun)
  const browser = aBrowser(testPlatform)
  const asked = await browser.get(begun.browser_url)
  assert.equal(asked.headers.location, `/sign-in?next=${encodeURIComponent(begun.browser_url)}`)
  const signedIn = await browser.signIn(ada.email, undefined, begun.browser_url)
  assert.equal(signedIn.headers.location, begun.browser_url)
  const page = await browser.get(begun.browser_url)
  assert.match(page.body, /Heroku CLI login from laptop/)
  assert.match(page.body, /127\.0\.0\.1/)
  assert.match((await browser.post(begun.browser_url, { answer: 'approve' })).body, /Approved/)
  const answer = await waiting
  assert.equal(answer.statusCode, 200)
  assert.match(String(answer.headers['content-type']), /^application\/json/)
  const { access_token: token } = answer.json()
  assert.equal((await call('GET', '/account', undefined, { token })).json().email, ada.email)
  const [made] = (await call('GET', '/oauth/authorizations', undefined, { token })).json()
  assert.equal(made.description, 'Heroku CLI login from laptop')
  assert.ok(made.access_token.expires_in > 29 * 86_400)
  const { rows } = await database.pool.query('select * from cli_logins, events')
  assert.ok(!JSON.stringify(rows).includes(token))
})

test('of several that fetch the token, also at once, one gets it', async () => {
  const begun = await begin()
  const browser = await aSignedInBrowser()
  const early = wait(begun)
  await browser.post(begun.browser_url, { answer: 'approve' })
  const answers = await Promise.all([early, wait(begun), wait(begun)])
  answers.push(await wait(begun))
  const got = answers.map((answer) => answer.json())
  assert.equal(got.filter(({ access_token: token }) => token).length, 1)
  assert.equal(got.filter(({ error }) => /fetched already/.test(error)).length, 3)
})

test('a denied login ends with words, and cannot be approved any more', async () => {
  const begun = await begin()
  const browser = await aSignedInBrowser()
  const waiting = wait(begun)
  await browser.post(begun.browser_url, { answer: 'deny' })
  assert.deepEqual((await waiting).json(), { error: 'This login was denied.' })
  assert.equal((await browser.post(begun.browser_url, { answer: 'approve' })).statusCode, 404)
  assert.equal((await browser.get(begun.browser_url)).statusCode, 404)
})

test('after ten minutes it is over', async () => {
  const begun = await begin()
  const browser = await aSignedInBrowser()
  await database.pool.query(
    "update cli_logins set expires_at = now() + interval '300 milliseconds'",
  )
  assert.match((await wait(begun)).json().error, /in time/)
  assert.equal((await browser.post(begun.browser_url, { answer: 'approve' })).statusCode, 404)
  const late = await begin()
  await browser.post(late.browser_url, { answer: 'approve' })
  await database.pool.query("update cli_logins set expires_at = now() - interval '1 second'")
  assert.match((await wait(late)).json().error, /in time/)
})

test('who knows one secret of a login has no use of the other', async () => {
  const [begun, other] = [await begin(), await begin()]
  const browser = await aSignedInBrowser()
  const secret = begun.browser_url.split('/').at(-1) ?? ''
  for (const [url, token] of [
    [begun.cli_url, other.token],
    [begun.cli_url, secret],
    [begun.cli_url, ada.token],
    [begun.cli_url, ''],
    ['/auth/cli/nonsense', begun.token],
    [`/auth/cli/${ada.accountId}`, begun.token],
  ] as const)
    assert.equal((await call('GET', url, undefined, { token })).statusCode, 404)
  const forged = `/auth/browser/${begun.token}`
  assert.equal((await browser.get(forged)).statusCode, 404)
  assert.equal((await browser.post(forged, { answer: 'approve' })).statusCode, 404)
})

test('another site cannot approve, nor does a session that is no longer fresh', async () => {
  const begun = await begin()
  const browser = await aSignedInBrowser()
  const foreign = await browser.send('POST', begun.browser_url, {
    form: { answer: 'approve' },
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  assert.equal(foreign.statusCode, 403)
  await database.pool.query("update web_sessions set signed_in_at = now() - interval '11 minutes'")
  for (const answer of [
    await browser.get(begun.browser_url),
    await browser.post(begun.browser_url, { answer: 'approve' }),
  ])
    assert.match(String(answer.headers.location), /^\/sign-in\?next=.*&again=yes$/)
  const { rows } = await database.pool.query('select state from cli_logins')
  assert.deepEqual(rows, [{ state: 'waiting' }])
})

test('what asks is shown as text, and one address asks only so often', async () => {
  const begun = await begin('<img src=x onerror=alert(1)>')
  const browser = await aSignedInBrowser()
  assert.doesNotMatch((await browser.get(begun.browser_url)).body, /<img/)
  assert.equal(
    (await call('POST', '/auth', { description: 'x'.repeat(501) }, open)).statusCode,
    422,
  )
  for (let asked = 1; asked < 20; asked++) await begin()
  const refused = await call('POST', '/auth', {}, open)
  assert.equal(refused.statusCode, 429)
  assert.ok(refused.headers['retry-after'])
})
