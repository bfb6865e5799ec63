import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApi } from '#/api/create-api.ts'
import { openDatabase } from '#/foundation/db.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'

test('without a database every request is told to come again, and when', async () => {
  const { platform, token } = await aTestPlatform()
  const database = openDatabase('postgres://nobody@127.0.0.1:1/none', 1) // nobody listens there
  after(() => database.stop())
  const api = await createApi({ ...platform, db: database.db })
  after(() => api.stop())
  for (const method of ['GET', 'POST'] as const) {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await api.inject({ method, url: '/apps', headers, payload: {} })
    assert.equal(answer.statusCode, 503)
    assert.equal(answer.headers['retry-after'], '1')
    assert.equal(answer.json<{ id: string }>().id, 'service_unavailable')
  }
})
