import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform
const path = '/account/features/pipelines'

test('a feature is switched by each account for itself, and each switch is an event', async () => {
  const { token, actor } = await platform.aPerson()
  const isEnabled = async (options = { token }): Promise<boolean> =>
    (await call('GET', path, undefined, options)).json().enabled
  assert.equal(await isEnabled(), false)
  for (let time = 0; time < 2; time += 1) {
    const switched = await call('PATCH', path, { enabled: true }, { token })
    assert.equal(switched.statusCode, 200, switched.body)
    assert.equal(switched.json().enabled, true)
  }
  assert.equal(await isEnabled(), true)
  assert.equal(await isEnabled({ token: platform.token }), false)
  const [listed] = (await call('GET', '/account/features', undefined, { token })).json()
  assert.deepEqual([listed.name, listed.enabled, listed.state], ['pipelines', true, 'beta'])
  await call('PATCH', path, { enabled: false }, { token })
  assert.equal(await isEnabled(), false)
  const events = await platform.platform.db
    .selectFrom('events')
    .select('after')
    .where('resource', '=', 'account-feature')
    .where('accountId', '=', actor.accountId)
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ after }) => after),
    [
      { name: 'pipelines', enabled: true },
      { name: 'pipelines', enabled: false },
    ],
  )
})

test('there is no other feature, and no other state than on and off', async () => {
  for (const method of ['GET', 'PATCH'] as const) {
    const answer = await call(method, '/account/features/preboot', { enabled: true })
    assert.equal(answer.statusCode, 404)
  }
  assert.ok((await call('PATCH', path, { enabled: 'maybe' })).statusCode >= 400)
})
