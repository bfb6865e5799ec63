import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { aBrowser, aPersonWithPassword, logIn, PASSWORD } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { codeAt, stepAt } from './totp.ts'
import { findTwoFactor } from './two-factor-store.ts'

const testPlatform = await aTestPlatform()
const { call, platform, database } = testPlatform

beforeEach(async () => {
  await database.pool.query('truncate sign_in_attempts, known_addresses')
})

/** The code of the app's present step, or one beside it. */
const codeOf = async (accountId: string, shift = 0): Promise<string> => {
  const twoFactor = await findTwoFactor(platform.db, platform.keyring, accountId)
  assert.ok(twoFactor)
  return codeAt(twoFactor.seed, stepAt(Date.now()) + shift)
}

const aPersonWithCodes = async () => {
  const person = await aPersonWithPassword(testPlatform)
  const { token } = person
  const begun = await call('POST', '/account/two-factor', { password: PASSWORD }, { token })
  assert.equal(begun.statusCode, 201, begun.body)
  const code = await codeOf(person.accountId, -1)
  const confirmed = await call('POST', '/account/two-factor/actions/confirm', { code }, { token })
  assert.equal(confirmed.statusCode, 200, confirmed.body)
  return { ...person, codes: confirmed.json().recovery_codes as string[], begun: begun.json() }
}
const enabled = async (token: string): Promise<boolean> =>
  (await call('GET', '/account', undefined, { token })).json().two_factor_authentication

test('enabling takes the password, and a code of the app', async () => {
  const { token, accountId } = await aPersonWithPassword(testPlatform)
  const begin = (password: string) => call('POST', '/account/two-factor', { password }, { token })
  const confirm = (code: string) =>
    call('POST', '/account/two-factor/actions/confirm', { code }, { token })
  assert.equal((await confirm('123456')).statusCode, 409)
  assert.equal((await begin('wrong')).statusCode, 422)
  const { secret, uri } = (await begin(PASSWORD)).json()
  assert.match(secret, /^[A-Z2-7]{32}$/)
  assert.ok(uri.includes(secret))
  assert.equal((await confirm('abcdef')).json().id, 'two_factor')
  assert.equal(await enabled(token), false)
  assert.equal((await confirm(await codeOf(accountId))).json().recovery_codes.length, 10)
  assert.equal(await enabled(token), true)
  assert.equal((await begin(PASSWORD)).statusCode, 409)
  assert.equal((await confirm(await codeOf(accountId, 1))).statusCode, 409)
})

test('neither seed nor recovery codes lie in the database in plain text', async () => {
  const { codes, begun } = await aPersonWithCodes()
  const { rows } = await database.pool.query(
    'select two_factors::text, recovery_codes::text from two_factors join recovery_codes using (account_id)',
  )
  const { rows: events } = await database.pool.query('select before::text, after::text from events')
  const text = JSON.stringify([rows, events])
  for (const secret of [begun.secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
    assert.ok(!text.includes(secret))
})

test('a token by password then wants a code: Heroku’s 403, at which the CLI asks for it', async () => {
  const { email, accountId } = await aPersonWithCodes()
  const without = await logIn(testPlatform, email, PASSWORD)
  assert.equal(without.statusCode, 403)
  assert.equal(without.json().id, 'two_factor')
  const wrong = await logIn(testPlatform, email, PASSWORD, '000000')
  assert.equal(wrong.json().id, 'two_factor')
  assert.equal((await logIn(testPlatform, email, 'wrong', await codeOf(accountId))).statusCode, 401)
  assert.equal(
    (await logIn(testPlatform, email, PASSWORD, await codeOf(accountId))).statusCode,
    201,
  )
})

test('a code is good once, also for two at once, and none before it is good afterwards', async () => {
  const { email, accountId } = await aPersonWithCodes()
  const code = await codeOf(accountId)
  const answers = await Promise.all([1, 2, 3].map(() => logIn(testPlatform, email, PASSWORD, code)))
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [201, 403, 403],
  )
  assert.equal((await logIn(testPlatform, email, PASSWORD, code)).statusCode, 403)
  const earlier = await codeOf(accountId, -1)
  assert.equal((await logIn(testPlatform, email, PASSWORD, earlier)).statusCode, 403)
})

test('a recovery code is good once, also for two at once, and new ones void the old', async () => {
  const { email, token, accountId, codes } = await aPersonWithCodes()
  const [first = '', second = ''] = codes
  const answers = await Promise.all(
    [1, 2, 3].map(() => logIn(testPlatform, email, PASSWORD, first.toUpperCase())),
  )
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [201, 403, 403],
  )
  const renewed = await call(
    'POST',
    '/account/two-factor/actions/renew-recovery-codes',
    { password: PASSWORD, code: await codeOf(accountId) },
    { token },
  )
  const [fresh] = renewed.json().recovery_codes
  assert.equal((await logIn(testPlatform, email, PASSWORD, second)).statusCode, 403)
  assert.equal((await logIn(testPlatform, email, PASSWORD, fresh)).statusCode, 201)
})

test('codes cannot be guessed, and another account’s are no good', async () => {
  const [ada, bob] = [await aPersonWithCodes(), await aPersonWithCodes()]
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD, bob.codes[0])).statusCode, 403)
  const answers: number[] = []
  for (let guess = 0; guess < 8; guess++)
    answers.push((await logIn(testPlatform, ada.email, PASSWORD, `00000${guess}`)).statusCode)
  assert.ok(answers.includes(429), answers.join())
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD, ada.codes[0])).statusCode, 429)
})

test('leaving out the code over and over is no guess', async () => {
  const { email, codes } = await aPersonWithCodes()
  for (let tries = 0; tries < 10; tries++)
    assert.equal((await logIn(testPlatform, email, PASSWORD)).statusCode, 403)
  assert.equal((await logIn(testPlatform, email, PASSWORD, codes[0])).statusCode, 201)
})

test('disabling takes password and code, and ends other sessions', async () => {
  const { email, token, codes } = await aPersonWithCodes()
  const browser = aBrowser(testPlatform)
  await browser.signIn(email)
  await browser.post('/sign-in/code', { code: codes[1] ?? '' })
  assert.equal((await browser.get('/account')).statusCode, 200)
  const disable = (password: string, code = '') =>
    call('DELETE', '/account/two-factor', { password, code }, { token })
  assert.equal((await disable('wrong', codes[0])).statusCode, 422)
  assert.equal((await disable(PASSWORD, '123')).statusCode, 403)
  assert.equal(await enabled(token), true)
  assert.equal((await disable(PASSWORD, codes[0])).statusCode, 200)
  assert.equal(await enabled(token), false)
  assert.equal((await browser.get('/account')).statusCode, 401)
  assert.equal((await disable(PASSWORD, codes[2])).statusCode, 409)
})

test('in a browser the password alone opens nothing; the code comes on the next page', async () => {
  const { email, accountId } = await aPersonWithCodes()
  const browser = aBrowser(testPlatform)
  assert.match((await browser.signIn(email)).body, /authenticator app/)
  assert.equal((await browser.get('/account')).statusCode, 401)
  const half = browser.cookies.get('__Host-sluice_half') ?? ''
  const trick = aBrowser(testPlatform)
  trick.cookies.set('__Host-sluice_session', half)
  assert.equal((await trick.get('/account')).statusCode, 401)
  const wrong = await browser.post('/sign-in/code', { code: '000000', next: '/settings' })
  assert.equal(wrong.statusCode, 403)
  const right = await browser.post('/sign-in/code', {
    code: await codeOf(accountId),
    next: '//evil.example',
  })
  assert.equal(right.headers.location, '/dashboard')
  assert.equal((await browser.get('/account')).statusCode, 200)
  assert.deepEqual([...browser.cookies.keys()], ['__Host-sluice_session'])
  const nobody = await aBrowser(testPlatform).post('/sign-in/code', { code: '000000' })
  assert.match(String(nobody.headers.location), /^\/sign-in\?/)
})

test('who guesses codes in a browser is told at the form how long to wait', async () => {
  const { email, codes } = await aPersonWithCodes()
  const browser = aBrowser(testPlatform)
  await browser.signIn(email)
  let answer = await browser.post('/sign-in/code', { code: '000000', next: '/settings' })
  for (let guess = 1; guess < 8 && answer.statusCode === 403; guess++)
    answer = await browser.post('/sign-in/code', { code: `00000${guess}`, next: '/settings' })
  assert.equal(answer.statusCode, 429)
  assert.match(answer.body, /Too many attempts.*name="next" value="\/settings".*name="code"/s)
  await database.pool.query('truncate sign_in_attempts')
  const right = await browser.post('/sign-in/code', { code: codes[0] ?? '', next: '/settings' })
  assert.equal(right.headers.location, '/settings')
})

test('the account’s page enables it, renews recovery codes and disables it', async () => {
  const { email, accountId } = await aPersonWithPassword(testPlatform)
  const browser = aBrowser(testPlatform)
  await browser.signIn(email)
  assert.match((await browser.get('/settings')).body, /not enabled/)
  const wrong = await browser.post('/settings/two-factor', { password: 'wrong' })
  assert.match(wrong.body, /The password is wrong/)
  const seed = await browser.post('/settings/two-factor', { password: PASSWORD })
  assert.match(seed.body, /otpauth:\/\/totp\//)
  assert.equal((await browser.post('/settings/two-factor/confirm', { code: '1' })).statusCode, 403)
  const shown = await browser.post('/settings/two-factor/confirm', {
    code: await codeOf(accountId, -1),
  })
  const codes = shown.body.match(/([a-z2-7]{4}-){3}[a-z2-7]{4}/g) ?? []
  assert.equal(codes.length, 10)
  const proof = { password: PASSWORD, code: await codeOf(accountId) }
  assert.match((await browser.post('/settings/two-factor/renew', proof)).body, /Recovery codes/)
  const old = { password: PASSWORD, code: codes[0] ?? '' }
  assert.match((await browser.post('/settings/two-factor/disable', old)).body, /code is wrong/)
  const fresh = { password: PASSWORD, code: await codeOf(accountId, 1) }
  assert.match((await browser.post('/settings/two-factor/disable', fresh)).body, /not enabled any/)
})
