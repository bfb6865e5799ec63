import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusesOf } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'

const platform = await aTestPlatform()
const { call, token } = platform

const create = async (body: unknown = {}) => {
  const created = await call('POST', '/oauth/authorizations', body)
  assert.equal(created.statusCode, 201, created.body)
  return created.json()
}
const statusWith = async (bearer: string): Promise<number> =>
  (await call('GET', '/account', undefined, { token: bearer })).statusCode

test('a new token is shown once, works, and is masked afterwards', async () => {
  const made = await create({ description: 'ci' })
  const secret: string = made.access_token.token
  assert.equal(await statusWith(secret), 200)
  assert.deepEqual(made.scope, ['global'])
  const later = (await call('GET', `/oauth/authorizations/${made.id}`)).json()
  assert.equal(later.description, 'ci')
  assert.match(later.access_token.token, /\*{10}/)
  const [prefix, suffix] = later.access_token.token.split('**********')
  assert.ok(secret.startsWith(prefix) && secret.endsWith(suffix))
  const list = await call('GET', '/oauth/authorizations')
  assert.ok(!list.body.includes(secret))
  assert.equal(list.json().length, 2)
})

test('expires_in may be a number or, as the CLI sends it, text', async () => {
  for (const expires_in of [3600, '3600']) {
    const made = await create({ expires_in })
    assert.ok(made.access_token.expires_in > 3000 && made.access_token.expires_in <= 3600)
  }
  for (const expires_in of [0, -1, '', '-5', 'soon', 1e12, 1.5])
    assert.equal(
      (await call('POST', '/oauth/authorizations', { expires_in })).statusCode,
      422,
      String(expires_in),
    )
})

test('an expired token is refused', async () => {
  const made = await create({ expires_in: 60 })
  await platform.platform.db
    .updateTable('authorizations')
    .set({ expiresAt: new Date(Date.now() - 1000) })
    .where('id', '=', made.id)
    .execute()
  assert.equal(await statusWith(made.access_token.token), 401)
})

test('a token may have several scopes, each one that there is', async () => {
  const several = await create({ scope: ['read', 'identity', 'read'] })
  assert.deepEqual(several.scope, ['read', 'identity'])
  for (const scope of [[], ['all'], ['read', ''], ['deploy'], ['__proto__'], ['read,write'], [7]])
    assert.equal(
      (await call('POST', '/oauth/authorizations', { scope })).statusCode,
      422,
      String(scope),
    )
})

test('a token is described anew', async () => {
  const { id } = await create({ description: 'old' })
  const changed = await call('PATCH', `/oauth/authorizations/${id}`, { description: 'new' })
  assert.equal(changed.json().description, 'new')
})

test('regenerating a token voids the old one at once', async () => {
  const made = await create()
  const path = `/oauth/authorizations/${made.id}/actions/regenerate-tokens`
  const again = await call('POST', path)
  assert.equal(again.statusCode, 200)
  assert.equal(again.json().id, made.id)
  assert.equal(await statusWith(made.access_token.token), 401)
  assert.equal(await statusWith(again.json().access_token.token), 200)
})

test('a revoked token is void at once and gone', async () => {
  const made = await create()
  assert.equal((await call('DELETE', `/oauth/authorizations/${made.id}`)).statusCode, 200)
  assert.equal(await statusWith(made.access_token.token), 401)
  for (const method of ['GET', 'DELETE'] as const)
    assert.equal((await call(method, `/oauth/authorizations/${made.id}`)).statusCode, 404)
})

test('of many revocations at once one wins', async () => {
  const { id } = await create()
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => call('DELETE', `/oauth/authorizations/${id}`)),
  )
  assert.deepEqual(statusesOf(answers), [200, 404, 404, 404, 404])
})

test("somebody else's authorization is not found", async () => {
  const { id } = await create()
  const stranger = await platform.aPerson()
  for (const method of ['GET', 'PATCH', 'DELETE'] as const)
    assert.equal(
      (await call(method, `/oauth/authorizations/${id}`, {}, { token: stranger.token })).statusCode,
      404,
    )
  assert.equal((await call('GET', '/oauth/authorizations/no-id')).statusCode, 404)
})

test('heroku logout finds its token in the list, and leaves the API key alone', async () => {
  const login = await create({ description: 'Heroku CLI login' })
  const own = { token: login.access_token.token }
  const session = await call('DELETE', '/oauth/sessions/~', undefined, own)
  assert.equal(session.statusCode, 404)
  assert.equal(session.json().resource, 'session')
  const apiKey = (await call('GET', '/oauth/authorizations/~', undefined, own)).json()
  const [prefix] = apiKey.access_token.token.split('*')
  assert.ok(token.startsWith(prefix))
  const list = (await call('GET', '/oauth/authorizations', undefined, own)).json()
  assert.ok(list.some(({ id }: { id: string }) => id === login.id))
})

test('a password is no way in yet', async () => {
  const authorization = `Basic ${Buffer.from('ada@example.com:secret').toString('base64')}`
  const refused = await call('POST', '/oauth/authorizations', {}, { headers: { authorization } })
  assert.equal(refused.statusCode, 401)
  assert.equal(refused.json().id, 'unauthorized')
})

test('no event holds a token', async () => {
  const made = await create()
  const events = await platform.platform.db.selectFrom('events').selectAll().execute()
  assert.ok(events.some(({ resource }) => resource === 'authorization'))
  assert.ok(!JSON.stringify(events).includes(made.access_token.token.slice(9)))
})

test('of rotations at once each answer but that of the last is void, and no rotation is lost unsaid', async () => {
  const made = await create()
  const path = `/oauth/authorizations/${made.id}/actions/regenerate-tokens`
  const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', path)))
  assert.ok(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 409))
  const won = answers.filter(({ statusCode }) => statusCode === 200)
  const statuses = await Promise.all(
    [made, ...won.map((answer) => answer.json())].map((one) => statusWith(one.access_token.token)),
  )
  assert.equal(statuses.filter((status) => status === 200).length, 1)
  assert.equal(statuses[0], 401, 'the old token is replayed')
})

test('a rotated token keeps its scope and its end, and an ended one stays so', async () => {
  const made = await create({ scope: ['read'], expires_in: 3600 })
  const rotation = `/oauth/authorizations/${made.id}/actions/regenerate-tokens`
  const rotated = (await call('POST', rotation)).json()
  assert.deepEqual(rotated.scope, ['read'])
  assert.ok(rotated.access_token.expires_in <= 3600)
  await platform.platform.db
    .updateTable('authorizations')
    .set({ expiresAt: new Date(Date.now() - 1000) })
    .where('id', '=', made.id)
    .execute()
  const again = (await call('POST', rotation)).json()
  assert.equal(await statusWith(again.access_token.token), 401)
})

test('the use of a token is noted soon after it, once a minute', async () => {
  const made = await create()
  const lastUse = async () =>
    (
      await platform.platform.db
        .selectFrom('authorizations')
        .select('lastUsedAt')
        .where('id', '=', made.id)
        .executeTakeFirstOrThrow()
    ).lastUsedAt
  assert.equal(await lastUse(), null)
  await Promise.all([1, 2, 3].map(() => statusWith(made.access_token.token)))
  const first = await until(lastUse)
  await statusWith(made.access_token.token)
  assert.deepEqual(await lastUse(), first)
  const longAgo = new Date(Date.now() - 61_000)
  await platform.platform.db
    .updateTable('authorizations')
    .set({ lastUsedAt: longAgo })
    .where('id', '=', made.id)
    .execute()
  await statusWith(made.access_token.token)
  await until(async () => ((await lastUse()) ?? longAgo) > longAgo)
})
