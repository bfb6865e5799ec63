import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { transaction } from '#/foundation/db.ts'
import { ended, start } from '#/foundation/exec.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { aTestDatabase } from '../../../test/support/database.ts'
import { dropOldEvents } from './drop-old-events.ts'
import { sealEvents } from './seal-events.ts'
import { verifyEvents } from './verify-events.ts'

const SEALER = fileURLToPath(
  new URL('../../../test/support/fixtures/seal-events.ts', import.meta.url),
)
const actor = systemActor('test')

/** What somebody does who has the database and no scruples. */
const aLog = async () => {
  const database = await aTestDatabase()
  const { db, pool } = database
  const forge = async (statement: string, values: unknown[] = []): Promise<void> => {
    const client = await pool.connect()
    try {
      await client.query('set session_replication_role = replica')
      await client.query(statement, values)
    } finally {
      client.release(true)
    }
  }
  /** So many events, as if they had been written so many hours ago; their ids. */
  const write = async (hoursAgo: number, count = 3): Promise<number[]> => {
    const before = Number(
      (await pool.query('select coalesce(max(id), 0) as id from events')).rows[0].id,
    )
    for (let number = 1; number <= count; number++)
      await insertEvent(db, actor, {
        resource: 'app',
        action: 'update',
        before: { number: null },
        after: { number, text: 'grün' },
      })
    await forge(
      `update events set occurred_at = date_trunc('hour', now()) - $1 * interval '1 hour' + id * interval '1.001 second' where id > $2`,
      [hoursAgo, before],
    )
    const { rows } = await pool.query<{ id: number }>('select id from events where id > $1', [
      before,
    ])
    return rows.map(({ id }) => id)
  }
  const verify = (head?: string) => verifyEvents(database, head)
  const named = async (): Promise<string[]> =>
    (await verify()).problems.map(({ kind, eventId }) => `${kind} ${eventId}`)
  return { database, db, pool, forge, write, verify, named, seal: () => sealEvents(database) }
}

test('hours that have ended are sealed once, however often and by however many it is done', async () => {
  const log = await aLog()
  await log.write(5)
  await log.write(3, 1_100)
  await log.write(0)
  await Promise.all([log.seal(), log.seal(), log.seal()])
  await log.seal()
  const { rows } = await log.pool.query('select count from event_seals order by hour')
  assert.deepEqual(rows, [{ count: 3 }, { count: 1_100 }])
  const verified = await log.verify()
  assert.deepEqual(
    [verified.hours, verified.events, verified.unsealed, verified.problems],
    [2, 1_103, 3, []],
  )
  await log.write(2, 1)
  await log.seal()
  const later = await log.verify(verified.head ?? '')
  assert.deepEqual(later.problems, [])
  assert.notEqual(later.head, verified.head)
})

test('a row that is altered, removed or added behind our back is named', async () => {
  const log = await aLog()
  const ids = await log.write(4, 6)
  const others = await log.write(2, 2)
  await log.seal()
  await log.forge(`update events set after = '{"number": 7}' where id = $1`, [ids[1]])
  await log.forge(`update events set before = '{}' where id = $1`, [ids[2]])
  await log.forge(`update events set actor_name = 'somebody else' where id = $1`, [ids[3]])
  await log.forge('delete from events where id = any($1)', [[ids[0], ids[5], others[1]]])
  await log.forge(
    `insert into events (actor_name, resource, action, occurred_at)
     select 'forged', 'app', 'create', occurred_at from events where id = $1
     union all select 'forged', 'app', 'create', occurred_at - interval '1 hour' from events where id = $1`,
    [others[0]],
  )
  assert.deepEqual(await log.named(), [
    `removed ${ids[0]}`,
    `altered ${ids[1]}`,
    `altered ${ids[2]}`,
    `altered ${ids[3]}`,
    `removed ${ids[5]}`,
    `removed ${others[1]}`,
    `added ${(others[1] ?? 0) + 1}`,
    `added ${(others[1] ?? 0) + 2}`,
  ])
})

test('a whole hour that is removed, or a seal that is changed, is named too', async () => {
  const log = await aLog()
  const first = await log.write(6, 1)
  const second = await log.write(4, 1)
  await log.write(2, 1)
  await log.seal()
  const { head } = await log.verify()
  await log.forge('delete from events where id = $1', [second[0]])
  assert.deepEqual(await log.named(), [`removed ${second[0]}`])
  await log.forge('delete from event_seals where first_id = $1', [second[0]])
  assert.match((await log.verify()).problems[0]?.message ?? '', /A seal between .* was removed/)
  await log.forge(`update event_seals set row_hashes = row_hashes || '\\x00' where first_id = $1`, [
    first[0],
  ])
  assert.match((await log.verify()).problems[0]?.message ?? '', /hashes in the seal of .* changed/)
  // Whoever makes all seals anew leaves a chain that fits, but not the one whose head was kept.
  await log.forge('delete from event_seals')
  await log.seal()
  assert.deepEqual(await log.named(), [])
  assert.match((await log.verify(head ?? '')).problems[0]?.message ?? '', /made anew/)
})

test('without disabling anything, no row can be changed or removed', async () => {
  const log = await aLog()
  await log.write(2)
  await log.seal()
  for (const statement of [
    `update events set actor_name = 'x'`,
    'delete from events',
    'truncate events',
    'delete from event_seals',
    'truncate event_seals',
    'update event_seals set count = 1',
    `update event_seals set dropped_at = now(), count = 1`,
  ])
    await assert.rejects(log.pool.query(statement), /never changed or removed|are kept/, statement)
})

test('an event of a transaction that ends late is waited for, and none gets into a sealed hour', async () => {
  const log = await aLog()
  await log.write(2)
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const late = transaction(log.db, async (tx) => {
    await insertEvent(tx, actor, { resource: 'app', action: 'create' })
    begin()
    await mayEnd
  })
  await begun
  let isSealed = false
  const sealing = log.seal().then(() => (isSealed = true))
  await pause(700)
  const wasSealed = isSealed
  end()
  assert.equal(wasSealed, false)
  await Promise.all([late, sealing])
  // As if the clock had been set back by hours: the seals are of the future.
  await log.forge(`update event_seals set hour = date_trunc('hour', now()) + interval '2 hours'`)
  await insertEvent(log.db, actor, { resource: 'app', action: 'create' })
  const { rows } = await log.pool.query(
    `select occurred_at = date_trunc('hour', now()) + interval '3 hours' as behind from events order by id desc limit 1`,
  )
  assert.deepEqual(rows, [{ behind: true }])
})

test('a sealer that is killed before its seal is there is followed by one that seals', async () => {
  const log = await aLog()
  await log.write(3)
  await log.write(2)
  const doomed = start(process.execPath, [SEALER, log.database.url], {
    stdio: 'inherit',
    env: { PATH: process.env['PATH'], SLUICE_FAILPOINT: 'hour-sealed' },
  })
  assert.equal((await ended(doomed)).signal, 'SIGKILL')
  assert.equal((await log.verify()).hours, 0)
  await log.seal()
  const { hours, problems } = await log.verify()
  assert.deepEqual([hours, problems], [2, []])
})

test('retention drops whole sealed hours, keeps their seals, and says so', async () => {
  const log = await aLog()
  await log.write(24 * 11)
  await log.write(24 * 10 + 2)
  const kept = await log.write(24 * 9)
  await log.seal()
  await Promise.all([dropOldEvents(log, 10), dropOldEvents(log, 10)])
  await dropOldEvents(log, 0)
  const { hours, droppedHours, problems } = await log.verify()
  assert.deepEqual([hours, droppedHours, problems], [1, 2, []])
  const { rows } = await log.pool.query<{ id: number; resource: string }>(
    'select id, resource from events order by id',
  )
  assert.deepEqual(
    rows.filter(({ resource }) => resource === 'app').map(({ id }) => id),
    kept,
  )
  assert.equal(rows.filter(({ resource }) => resource === 'audit-hour').length, 2)
  // Somebody who drops an hour out of turn is found out.
  await log.write(2)
  await log.seal()
  await log.pool.query(
    'update event_seals set dropped_at = now(), row_hashes = null where hour = (select max(hour) from event_seals)',
  )
  assert.match((await log.verify()).problems[0]?.message ?? '', /retention did not do that/)
})
