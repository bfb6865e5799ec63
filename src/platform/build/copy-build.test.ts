import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aBareRepository } from '../../../test/support/git.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { isCommit, readRef } from './repository.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db, paths } = platform.platform
await mkdir(paths.git, { recursive: true })

const copy = (app: string, from: string, options: { token?: string } = {}) =>
  call('POST', `/apps/${app}/builds/actions/copy`, { from: { app: from } }, options)

/** An app that serves a commit of its own. */
const aSource = async (team?: string) => {
  const app = await anApp(platform, team ? { team } : {})
  const repository = join(paths.git, `${app.id}.git`)
  const { commit } = await aBareRepository(repository)
  const sha = await commit('First', { 'a.txt': '1' })
  const { slugId } = await aServingRelease(platform, app, { web: 'serve' })
  await db.updateTable('slugs').set({ commit: sha }).where('id', '=', slugId).execute()
  return { ...app, repository, sha }
}

test('the commit that another app runs is built for this one, from its own repository', async () => {
  const source = await aSource()
  const target = await anApp(platform)
  const answer = await copy(target.name, source.name)
  assert.equal(answer.statusCode, 201, answer.body)
  const build = answer.json()
  assert.equal(build.app.id, target.id)
  assert.equal(build.source_blob.version, source.sha)
  const repository = join(paths.git, `${target.id}.git`)
  assert.equal(await readRef(repository, `refs/builds/${build.id}`), source.sha)
  assert.ok(await isCommit(repository, source.sha))
  const events = await db
    .selectFrom('events')
    .select('action')
    .where('resource', '=', 'build')
    .where('appId', '=', target.id)
    .execute()
  assert.deepEqual(events, [{ action: 'create' }])
  const again = await copy(target.name, source.name)
  assert.equal(again.statusCode, 201, again.body)
})

test('what cannot be built so is told in words: no code, no commit, a repository that has gone', async () => {
  const target = await anApp(platform)
  const empty = await anApp(platform)
  assert.match((await copy(target.name, empty.name)).json().message, /no code to build/)
  await aServingRelease(platform, empty, { web: 'serve' })
  const unknown = await copy(target.name, empty.name)
  assert.equal(unknown.statusCode, 422)
  assert.match(unknown.json().message, /not built from a commit that the platform has/)
  for (const commit of ['--upload-pack=x', 'main', null]) {
    await db.updateTable('slugs').set({ commit }).where('appId', '=', empty.id).execute()
    assert.equal((await copy(target.name, empty.name)).statusCode, 422, String(commit))
  }
  assert.equal((await copy(target.name, 'no-such-app')).statusCode, 404)
})

test('it takes deploy on both apps', async () => {
  const team = await aTeam(platform, ['member', 'viewer'])
  const source = await aSource(team.name)
  const target = await anApp(platform, { team: team.name })
  const { member, viewer } = team.people
  assert.equal((await copy(target.name, source.name, viewer)).statusCode, 403)
  const own = await anApp(platform, { token: viewer.token })
  assert.equal((await copy(own.name, source.name, viewer)).statusCode, 403)
  const stranger = await platform.aPerson()
  const theirs = await anApp(platform, { token: stranger.token })
  assert.equal((await copy(theirs.name, source.name, stranger)).statusCode, 404)
  assert.equal((await copy(target.name, source.name, member)).statusCode, 201)
})
