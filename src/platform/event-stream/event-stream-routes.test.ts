import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { followChanges } from './follow-changes.ts'

const { platform, call, actor, aPerson } = await aTestPlatform()

/** What comes, until nothing has come for a while. */
const listen = (who: Actor) => {
  const gone = new AbortController()
  const came: string[] = []
  const ended = (async () => {
    for await (const text of followChanges(platform, who, gone.signal, 200)) came.push(text)
  })()
  return {
    came,
    ended,
    until: async (text: string): Promise<void> => {
      const deadline = performance.now() + 10_000
      while (!came.join('').includes(text)) {
        assert.ok(performance.now() < deadline, `no ${text} in ${came.join('')}`)
        await pause(20)
      }
    },
    stop: async (): Promise<void> => {
      gone.abort()
      await ended
    },
  }
}

test('changes come to whoever may see the app, without contents, and to nobody else', async () => {
  const stranger = await aPerson()
  const [own, other] = [listen(actor), listen(stranger.actor)]
  await own.until('event: reload')
  await other.until('event: reload')
  const app = (await call('POST', '/apps', { name: 'seen-by-some' })).json() as { id: string }
  await call('PATCH', `/apps/${app.id}/config-vars`, { SECRET: 'hidden-value' })
  await own.until('config-var')
  await own.until(`"app":{"id":"${app.id}"}`)
  await call('POST', '/apps', { name: 'of-the-stranger' }, { token: stranger.token })
  await other.until('"resource":"app"')
  assert.ok(!other.came.join('').includes(app.id))
  assert.ok(!own.came.join('').includes('hidden-value'))
  assert.ok(!own.came.join('').includes('SECRET'))
  await own.stop()
  await other.stop()
})

test('what is committed late, with an earlier number, is told too; nothing is told twice', async () => {
  const own = listen(actor)
  await own.until('event: reload')
  const app = (await call('POST', '/apps', { name: 'late-news' })).json() as { id: string }
  await own.until(app.id)
  let go = (): void => {}
  const mayCommit = new Promise<void>((resolve) => (go = resolve))
  const late = platform.db.transaction().execute(async (tx) => {
    await insertEvent(tx, actor, {
      resource: 'late-one',
      action: 'update',
      appId: app.id,
    })
    await mayCommit
  })
  await pause(100)
  await insertEvent(platform.db, actor, { resource: 'early-one', action: 'update', appId: app.id })
  await own.until('early-one')
  go()
  await late
  await own.until('late-one')
  assert.equal(own.came.join('').split('early-one').length, 2)
  await own.stop()
})

test('it ends with the token, and shows signs of life before', async () => {
  const person = await aPerson()
  const heard = listen(person.actor)
  await heard.until(':\n\n')
  const revoked = await call(
    'DELETE',
    `/oauth/authorizations/${person.actor.authorizationId}`,
    undefined,
    { token: person.token },
  )
  assert.equal(revoked.statusCode, 200)
  await heard.ended
})

test('it is for the signed-in', async () => {
  const answer = await call('GET', '/account/event-stream', undefined, { token: 'no-such-token' })
  assert.equal(answer.statusCode, 401)
})
