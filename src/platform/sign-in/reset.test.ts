import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { aMailServer, sendWaitingMail } from '../../../test/support/mail.ts'
import { aBrowser, aPersonWithPassword, logIn, PASSWORD } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const testPlatform = await aTestPlatform()
const { call, platform, database } = testPlatform
const server = await aMailServer()
const NEW = 'a wholly new password'

beforeEach(async () => {
  platform.mail = server.settings
  server.mails.length = 0
  await database.pool.query('truncate sign_in_attempts, known_addresses')
})

/** The link in a mail, which is encoded as quoted-printable. */
const linkIn = (raw: string): string =>
  /\/reset\/[0-9a-f]{64}/.exec(raw.replaceAll('=\r\n', ''))?.[0] ?? ''
const ask = (email: string) => aBrowser(testPlatform).post('/reset', { email })
const linkFor = async (email: string): Promise<string> => {
  await ask(email)
  await sendWaitingMail(testPlatform)
  return linkIn(server.mails.at(-1)?.raw ?? '')
}

test('who asks is answered alike, and only an account’s address gets mail', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const [known, unknown] = [await ask(email), await ask('nobody@example.com')]
  assert.equal(known.statusCode, 200)
  assert.equal(known.body, unknown.body)
  await sendWaitingMail(testPlatform)
  assert.deepEqual(
    server.mails.map(({ to }) => to),
    [[email]],
  )
})

test('the link sets a password once; sessions end, and one signs in anew', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const other = aBrowser(testPlatform)
  await other.signIn(email)
  const link = await linkFor(email)
  const browser = aBrowser(testPlatform)
  assert.match((await browser.get(link)).body, new RegExp(email))
  assert.equal((await browser.post(link, { password: 'short' })).statusCode, 422)
  const answers = await Promise.all([1, 2].map(() => browser.post(link, { password: NEW })))
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [303, 404],
  )
  assert.equal(browser.cookies.size, 0)
  assert.equal((await other.get('/account')).statusCode, 401)
  assert.equal((await browser.get(link)).statusCode, 404)
  assert.equal((await logIn(testPlatform, email, PASSWORD)).statusCode, 401)
  assert.equal((await logIn(testPlatform, email, NEW)).statusCode, 201)
})

test('a newer link voids the older, and an hour later none is good', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const [old, fresh] = [await linkFor(email), await linkFor(email)]
  assert.equal((await aBrowser(testPlatform).get(old)).statusCode, 404)
  assert.equal((await aBrowser(testPlatform).get(fresh)).statusCode, 200)
  await database.pool.query("update account_links set expires_at = now() - interval '1 second'")
  const late = await aBrowser(testPlatform).post(fresh, { password: NEW })
  assert.equal(late.statusCode, 404)
})

test('a reset link is no set-up link', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const link = (await linkFor(email)).replace('/reset/', '/setup/')
  const answer = await aBrowser(testPlatform).post(link, { email: 'x@example.com', password: NEW })
  assert.equal(answer.statusCode, 404)
})

test('nobody’s mailbox can be flooded', async () => {
  const { email } = await aPersonWithPassword(testPlatform)
  const answers: number[] = []
  for (let asked = 0; asked < 8; asked++) answers.push((await ask(email)).statusCode)
  assert.deepEqual(answers, [200, 200, 200, 200, 200, 200, 429, 429])
  assert.match((await ask(email)).body, new RegExp(`Too many attempts.*value="${email}"`, 's'))
  assert.equal((await logIn(testPlatform, email, PASSWORD)).statusCode, 201)
})

test('the operator resets an account: by mail, or without mail by a link that is shown once', async () => {
  const { email, token } = await aPersonWithPassword(testPlatform)
  const path = `/users/${encodeURIComponent(email)}/password-resets`
  assert.deepEqual((await call('POST', path)).json(), { url: null })
  await sendWaitingMail(testPlatform)
  assert.notEqual(linkIn(server.mails[0]?.raw ?? ''), '')
  platform.mail = null
  const { url } = (await call('POST', path)).json()
  const link = new URL(url).pathname
  assert.equal((await aBrowser(testPlatform).post(link, { password: NEW })).statusCode, 303)
  assert.equal((await call('POST', path, undefined, { token })).statusCode, 403)
  assert.equal((await call('POST', '/users/nobody@example.com/password-resets')).statusCode, 404)
  const request = await aBrowser(testPlatform).get('/reset')
  assert.match(request.body, /sends no mail/)
  assert.equal((await ask(email)).statusCode, 303)
})
