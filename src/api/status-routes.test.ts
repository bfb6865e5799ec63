import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upsertFollower } from '#/platform/domain/route-feed-store.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'

const { call, platform } = await aTestPlatform()

test('anybody may ask how the platform fares, and hears whether a router is there', async () => {
  const colours = async (): Promise<unknown> => {
    const open = { headers: { authorization: '' } }
    const { status, incidents } = (
      await call('GET', '/api/v4/current-status', undefined, open)
    ).json()
    assert.deepEqual(incidents, [])
    return Object.fromEntries(
      status.map((one: { system: string; status: string }) => [one.system, one.status]),
    )
  }
  assert.deepEqual(await colours(), { Apps: 'yellow', Data: 'green', Tools: 'green' })
  await platform.db.insertInto('workers').values({ id: 'here' }).execute()
  await upsertFollower(platform.db, 'here', { feed: 'routes', id: 'router', appliedNumber: 0 })
  assert.deepEqual(await colours(), { Apps: 'green', Data: 'green', Tools: 'green' })
})
