import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { getSlug, getSlugOfApp } from './slug-store.ts'

const running = await aTestPlatform()
const { platform, actor } = running

test('a slug is found through the app it was built for, and through no other', async () => {
  const [app, other] = [await anApp(running), await anApp(running)]
  const { slugId } = await aServingRelease(running, app, { web: 'serve' })
  const slug = await getSlug(platform.db, actor, slugId ?? '')
  assert.deepEqual(slug.processTypes, { web: 'serve' })
  assert.equal((await getSlugOfApp(platform.db, actor, app.id, slug.id)).digest, slug.digest)
  await assert.rejects(getSlugOfApp(platform.db, actor, other.id, slug.id), { status: 404 })
  await assert.rejects(getSlugOfApp(platform.db, actor, app.id, 'no-id'), { status: 404 })
})
