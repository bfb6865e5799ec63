import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSecret } from '#/foundation/ids.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { ensureRepository } from '#/platform/build/repository.ts'
import { anApp, aTeam } from '../../test/support/apps.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'
import { beforePush } from './before-push.ts'

const testPlatform = await aTestPlatform()
const { platform } = testPlatform

test('who loses the permission while a push is on its way does not deploy with it', async () => {
  const { name: team, people } = await aTeam(testPlatform, ['member'])
  const { id } = await anApp(testPlatform, { team })
  const { actor } = people.member
  const push = {
    secret: newSecret(),
    app: await getApp(platform.db, actor, id, 'deploy'),
    actor,
    repository: await ensureRepository(platform.paths, id),
    hasEnded: false,
  }
  const said: string[] = []
  const call = {
    input: `${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/other\n`,
    push: push.secret,
    hook: 'pre-receive',
    quarantine: '',
    signal: new AbortController().signal,
    say: async (text: string): Promise<void> => void said.push(text),
  }
  await platform.db.insertInto('workers').values({ id: 'test' }).execute()
  const needs = { ...platform, workerId: 'test', stopped: new AbortController().signal }
  assert.equal(await beforePush(needs, push, call), 0)
  await platform.db
    .updateTable('teamMembers')
    .set({ role: 'viewer' })
    .where('accountId', '=', actor.accountId)
    .execute()
  said.length = 0
  assert.equal(await beforePush(needs, push, call), 1)
  assert.match(said.join(''), /do not have access to the app/)
})
