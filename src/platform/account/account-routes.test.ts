import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, actor } = platform

test('an account is shown to whom it belongs, however the path names it', async () => {
  const { id, email } = (await call('GET', '/account')).json()
  assert.equal(email, actor.name)
  assert.equal(id, actor.accountId)
  for (const ref of ['~', id, encodeURIComponent(email), email.toUpperCase()])
    assert.equal((await call('GET', `/users/${ref}`)).json().id, id, String(ref))
})

test('an account can be renamed, and the event says from what to what', async () => {
  const renamed = await call('PATCH', '/account', { name: 'Ada' })
  assert.equal(renamed.statusCode, 200)
  assert.equal(renamed.json().name, 'Ada')
  assert.equal((await call('PATCH', '/users/~', { name: null })).json().name, null)
  const events = await platform.platform.db
    .selectFrom('events')
    .select(['before', 'after'])
    .where('resource', '=', 'account')
    .where('action', '=', 'update')
    .orderBy('id')
    .execute()
  assert.deepEqual(events, [
    { before: { name: null }, after: { name: 'Ada' } },
    { before: { name: 'Ada' }, after: { name: null } },
  ])
})

test('a name that is no text is refused', async () => {
  assert.equal((await call('PATCH', '/account', { name: 7 })).statusCode, 422)
  assert.equal((await call('PATCH', '/account', { name: 'a\u0000b' })).statusCode, 400)
  assert.equal((await call('PATCH', '/account', { name: 'x'.repeat(201) })).statusCode, 422)
})

test('an account is visible only inside shared teams, and changed only by its owner', async () => {
  const stranger = await platform.aPerson()
  const { people } = await aTeam(platform, ['viewer'])
  assert.equal((await call('GET', `/users/${people.viewer.email}`)).statusCode, 200)
  assert.equal(
    (await call('PATCH', `/users/${people.viewer.email}`, { name: 'x' })).statusCode,
    404,
  )
  for (const ref of [stranger.email, stranger.actor.accountId, 'nobody@example.com']) {
    const found = await call('GET', `/users/${ref}`)
    assert.equal(found.statusCode, 404)
    assert.equal(found.json().id, 'not_found')
  }
})

test('account features that the platform does not have are not found', async () => {
  const features = (await call('GET', '/account/features')).json<{ name: string }[]>()
  assert.deepEqual(
    features.map(({ name }) => name),
    ['pipelines'],
  )
  const feature = await call('GET', '/account/features/dashboard-repositories-api')
  assert.equal(feature.statusCode, 404)
})

test('without a good token nothing is shown', async () => {
  for (const authorization of ['', 'Bearer nonsense', 'Bearer ', 'Basic !!!', 'Digest x'])
    assert.equal(
      (await call('GET', '/account', undefined, { headers: { authorization } })).statusCode,
      401,
      authorization,
    )
})
