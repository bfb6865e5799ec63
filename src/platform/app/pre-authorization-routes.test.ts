import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const { call } = await aTestPlatform()

test('an app’s pre-authorization wants no code of an account that has none, and no foreign app', async () => {
  await call('POST', '/apps', { name: 'shop-web' })
  assert.equal((await call('PUT', '/apps/shop-web/pre-authorizations')).statusCode, 200)
  assert.equal((await call('PUT', '/apps/other-web/pre-authorizations')).statusCode, 404)
})
