import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { ended, start } from '#/foundation/exec.ts'
import { newId } from '#/foundation/ids.ts'
import { defineJob, enqueue, handleJob } from '#/foundation/jobs.ts'
import { createLogger } from '#/foundation/log.ts'
import { transaction } from '#/foundation/db.ts'
import { aTestDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { enlistWorker, releaseJobsOfTheDead } from './dead-workers.ts'
import { startWorker } from './start-worker.ts'

const greet = defineJob('greet', Type.Object({ name: Type.String() }))
const log = createLogger('test')
const database = await aTestDatabase()

const aWorker = async (names: string[]) => {
  const id = newId()
  const leave = await enlistWorker(database.url, id, () => {})
  const worker = await startWorker({ pool: database.pool, log, id }, [
    handleJob(greet, async ({ name }) => {
      if (name === 'fails') throw new Error('on purpose')
      names.push(name)
    }),
  ])
  return {
    stop: async () => {
      await worker.stop()
      await leave()
    },
  }
}

test('a job is there exactly if its transaction was committed, and those of a queue run in order', async () => {
  const names: string[] = []
  const worker = await aWorker(names)
  await transaction(database.db, async (tx) => {
    await enqueue(tx, greet, { name: 'never' })
    throw new Error('rolled back')
  }).catch(() => {})
  for (const name of ['one', 'two', 'three'])
    await enqueue(database.db, greet, { name }, { queue: 'greetings' })
  await until(() => names.length === 3)
  assert.deepEqual(names, ['one', 'two', 'three'])
  await worker.stop()
})

test('the job of a worker that was killed is taken up by the next within seconds', async () => {
  await enqueue(database.db, greet, { name: 'orphan' }, { queue: 'killed' })
  const doomed = start(
    process.execPath,
    [
      new URL('../../test/support/fixtures/stuck-worker.ts', import.meta.url).pathname,
      database.url,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await new Promise((resolve) => doomed.stdout?.once('data', resolve))
  doomed.kill('SIGKILL')
  await ended(doomed)
  const names: string[] = []
  const worker = await aWorker(names)
  await until(() => names.includes('orphan'), { limitMs: 20_000 })
  await worker.stop()
})

/** What workers are told, while `act` runs and until they have been told so often. */
const toldBy = async (act: () => Promise<unknown>, times = 1): Promise<string[]> => {
  const told: string[] = []
  const client = await database.pool.connect()
  const hear = ({ payload }: { payload?: string | undefined }): void =>
    void told.push(payload ?? '')
  client.on('notification', hear)
  try {
    await client.query('listen "jobs:insert"')
    await act()
    await until(() => told.length >= times, { limitMs: 20_000, what: 'a word to the workers' })
    await client.query('unlisten "jobs:insert"')
    return told
  } finally {
    client.off('notification', hear)
    client.release()
  }
}

/** As a worker does that takes all jobs there are, and of which the table of workers knows nothing. */
const takeAll = async (by: string): Promise<void> => {
  const taken = [by, new Date(Date.now() - 60_000)]
  for (const table of ['_private_jobs', '_private_job_queues'])
    await database.pool.query(
      `update graphile_worker.${table} set locked_by = $1, locked_at = $2`,
      taken,
    )
}

test('a queue that comes free wakes a worker, also if its job failed', async () => {
  const names: string[] = []
  const worker = await aWorker(names)
  const one = (name: string) => (): Promise<void> =>
    enqueue(database.db, greet, { name }, { queue: 'freed' })
  for (const name of ['freed', 'fails'])
    // Of the job itself, and of its queue.
    assert.ok((await toldBy(one(name), 2)).includes('{"count":1}'), name)
  assert.deepEqual(names, ['freed'])
  await worker.stop()
  await database.pool.query(
    'select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))',
  )
})

test('each job that a dead worker had wakes a worker', async () => {
  await enqueue(database.db, greet, { name: 'queued' }, { queue: 'freed' })
  await enqueue(database.db, greet, { name: 'alone' })
  await takeAll(newId())
  const told = await toldBy(() => releaseJobsOfTheDead(database.pool))
  assert.ok(
    told.some((text) => JSON.parse(text).count === 2),
    told.join(),
  )
  const names: string[] = []
  const worker = await aWorker(names)
  await until(() => names.length === 2, { limitMs: 20_000 })
  await worker.stop()
})
