import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aBareRepository } from '../../../test/support/git.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db, paths } = platform.platform

test('the commit of a slug is told with its author, to those who may see the app', async () => {
  const app = await anApp(platform)
  const repository = await aBareRepository(join(paths.git, `${app.id}.git`))
  const sha = await repository.commit('Sell \u001b[31mthings\n\nWith a body.', { page: '1' })
  const { slugId } = await aServingRelease(platform, app, { web: 'serve' })
  const path = `/apps/${app.id}/slugs/${slugId}/commit`
  const unknown = await call('GET', path)
  assert.equal(unknown.statusCode, 200, unknown.body)
  assert.deepEqual(unknown.json(), { slug: { id: slugId }, commit: null })
  await db
    .updateTable('slugs')
    .set({ commit: sha })
    .where('id', '=', slugId ?? '')
    .execute()
  const { date, ...commit } = (await call('GET', path)).json().commit
  assert.deepEqual(commit, {
    sha,
    subject: 'Sell [31mthings',
    author: { name: 'Ada', email: 'ada@example.com' },
  })
  assert.ok(Date.parse(date) > 0)
  const other = await anApp(platform)
  assert.equal((await call('GET', `/apps/${other.id}/slugs/${slugId}/commit`)).statusCode, 404)
  const stranger = await platform.aPerson()
  assert.equal((await call('GET', path, undefined, stranger)).statusCode, 404)
})
