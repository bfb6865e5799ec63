import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '#/foundation/db.ts'
import { aTestDatabase } from '../../../test/support/database.ts'
import { systemActor } from './actor.ts'
import { insertEvent } from './event-store.ts'

const { db } = await aTestDatabase()
const actor = systemActor('test')

test('an event says who did what, what it was and what it is', async () => {
  await insertEvent(db, actor, {
    resource: 'app',
    resourceId: 'a',
    action: 'update',
    before: { name: 'old' },
    after: { name: 'new' },
  })
  const [event] = await db.selectFrom('events').selectAll().execute()
  assert.deepEqual(
    [event?.actorName, event?.actorAccountId, event?.action, event?.before, event?.after],
    ['test', null, 'update', { name: 'old' }, { name: 'new' }],
  )
})

test('an event is there exactly if its change is', async () => {
  const change = transaction(db, async (tx) => {
    await insertEvent(tx, actor, { resource: 'app', resourceId: 'undone', action: 'create' })
    throw new Error('undone')
  })
  await assert.rejects(change, /undone/)
  const undone = await db
    .selectFrom('events')
    .selectAll()
    .where('resourceId', '=', 'undone')
    .execute()
  assert.deepEqual(undone, [])
})
