import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { hashByScrypt } from '#/foundation/password-hash.ts'
import {
  aPersonWithPassword,
  logIn,
  PASSWORD,
  passAttempts,
} from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { getCredentials, setPasswordHash } from './password-store.ts'

const testPlatform = await aTestPlatform()
const { call, platform, database } = testPlatform
const ada = await aPersonWithPassword(testPlatform)
const NEW = 'another horse battery'

beforeEach(async () => {
  await database.pool.query('truncate sign_in_attempts, known_addresses')
})

test('e-mail address and password make a token, as `heroku login -i` asks', async () => {
  const answer = await logIn(testPlatform, ada.email.toUpperCase(), PASSWORD)
  assert.equal(answer.statusCode, 201, answer.body)
  const { access_token, user } = answer.json()
  assert.equal(user.email, ada.email)
  assert.equal(access_token.expires_in, 2_592_000)
  const account = await call('GET', '/account', undefined, { token: access_token.token })
  assert.equal(account.json().email, ada.email)
  assert.ok(account.json().last_login)
})

test('a password opens no other route', async () => {
  const authorization = `Basic ${Buffer.from(`${ada.email}:${PASSWORD}`).toString('base64')}`
  for (const [method, path] of [
    ['GET', '/account'],
    ['GET', '/oauth/authorizations'],
    ['PATCH', '/account'],
  ] as const)
    assert.equal((await call(method, path, {}, { headers: { authorization } })).statusCode, 401)
})

test('a wrong password, nobody’s address and an account without password are answered alike', async () => {
  const { email: bare } = await testPlatform.aPerson()
  const answers = [
    await logIn(testPlatform, ada.email, 'wrong'),
    await logIn(testPlatform, 'nobody@example.com', PASSWORD),
    await logIn(testPlatform, bare, PASSWORD),
    await logIn(testPlatform, ada.email, 'x'.repeat(5_000)),
  ]
  for (const answer of answers) {
    assert.equal(answer.statusCode, 401)
    assert.deepEqual(answer.json(), {
      id: 'unauthorized',
      message: 'Invalid credentials provided.',
    })
  }
})

test('nobody’s address takes as long as a wrong password', async () => {
  const timeOf = async (email: string): Promise<number> => {
    await database.pool.query('truncate sign_in_attempts')
    const began = performance.now()
    await logIn(testPlatform, email, 'wrong')
    return performance.now() - began
  }
  // The shortest of each, taken in turn: a busy machine makes single ones longer, never shorter than they are.
  let [known, unknown, tries] = [Infinity, Infinity, 0]
  const areAlike = (): boolean => unknown > known / 2 && unknown < known * 2
  while (tries < 5 || (tries < 50 && !areAlike())) {
    known = Math.min(known, await timeOf(ada.email))
    unknown = Math.min(unknown, await timeOf('nobody@example.com'))
    tries += 1
  }
  assert.ok(areAlike(), `${known} ms and ${unknown} ms`)
})

test('what happened is written down, without what was typed', async () => {
  const began = new Date()
  await logIn(testPlatform, ada.email, 'wrong-secret')
  await logIn(testPlatform, 'typed-secret@example.com', 'wrong-secret')
  await logIn(testPlatform, ada.email, PASSWORD)
  const events = await platform.db
    .selectFrom('events')
    .select(['actorName', 'action', 'after', 'remoteAddress'])
    .where('resource', '=', 'sign-in')
    .where('occurredAt', '>=', began)
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ actorName, action, after }) => [actorName, action, after]),
    [
      [ada.email, 'refuse', { reason: 'a wrong password' }],
      ['unknown', 'refuse', { reason: 'no such account' }],
      [ada.email, 'create', { by: 'password' }],
    ],
  )
  assert.ok(events.every(({ remoteAddress }) => remoteAddress !== null))
  assert.doesNotMatch(JSON.stringify(events), /secret/)
})

test('who guesses is made to wait longer and longer, but not for ever, and is told how long', async () => {
  for (let tries = 0; tries < 6; tries++)
    assert.equal((await logIn(testPlatform, ada.email, 'wrong')).statusCode, 401)
  const refused = await logIn(testPlatform, ada.email, PASSWORD)
  assert.equal(refused.statusCode, 429)
  assert.equal(refused.json().id, 'rate_limit')
  assert.ok(Number(refused.headers['retry-after']) >= 1)
  await passAttempts(testPlatform, '3 seconds')
  assert.equal((await logIn(testPlatform, ada.email, 'wrong')).statusCode, 401)
  await passAttempts(testPlatform, '3 seconds')
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD)).statusCode, 429)
  await passAttempts(testPlatform, '10 seconds')
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD)).statusCode, 201)
  assert.equal((await logIn(testPlatform, ada.email, 'wrong')).statusCode, 401)
})

test('guesses at once are all counted', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => logIn(testPlatform, ada.email, 'wrong')),
  )
  const tried = answers.filter(({ statusCode }) => statusCode === 401)
  assert.equal(tried.length, 6)
  assert.ok(answers.every(({ statusCode }) => [401, 429].includes(statusCode)))
})

test('one address cannot try many accounts', async () => {
  const answers: number[] = []
  for (let tries = 0; tries < 33; tries++)
    answers.push((await logIn(testPlatform, `nobody-${tries}@example.com`, 'wrong')).statusCode)
  assert.equal(answers.indexOf(429), 31)
})

test('who guesses from many addresses does not lock out a person where they have signed in before', async () => {
  await logIn(testPlatform, ada.email, PASSWORD)
  const { countAttempt } = await import('./sign-in-attempt-store.ts')
  const from = (remoteAddress: string) =>
    platform.db.transaction().execute((tx) => countAttempt(tx, { email: ada.email, remoteAddress }))
  const waits: number[] = []
  for (let tries = 0; tries < 23; tries++) waits.push(await from(`198.51.100.${tries}`))
  assert.equal(
    waits.findIndex((wait) => wait > 0),
    21,
  )
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD)).statusCode, 201)
})

test('the password is changed by whoever knows it, within its rule, and other sessions end', async () => {
  const change = (body: object) => call('PATCH', '/account', body, { token: ada.token })
  assert.equal((await change({ new_password: NEW })).statusCode, 422)
  assert.equal((await change({ password: 'wrong', new_password: NEW })).statusCode, 422)
  for (const short of ['', 'seven77', 'x'.repeat(201)])
    assert.equal((await change({ password: PASSWORD, new_password: short })).statusCode, 422)
  assert.equal((await change({ password: PASSWORD, new_password: NEW })).statusCode, 200)
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD)).statusCode, 401)
  assert.equal((await logIn(testPlatform, ada.email, NEW)).statusCode, 201)
  const { rows } = await database.pool.query('select * from events')
  assert.doesNotMatch(JSON.stringify(rows), /horse/)
  assert.equal((await change({ password: NEW, new_password: PASSWORD })).statusCode, 200)
})

test('an account without password gets none by a token', async () => {
  const body = { password: '', new_password: NEW }
  assert.equal((await call('PATCH', '/account', body)).statusCode, 422)
})

test('a hash of an older kind is replaced at the next sign-in', async () => {
  await setPasswordHash(platform.db, ada.accountId, await hashByScrypt(PASSWORD))
  assert.equal((await logIn(testPlatform, ada.email, PASSWORD)).statusCode, 201)
  const { passwordHash } = await getCredentials(platform.db, ada.accountId)
  assert.match(passwordHash ?? '', /^\$argon2id\$/)
})
