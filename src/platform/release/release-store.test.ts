import assert from 'node:assert/strict'
import { test } from 'node:test'
import { violates } from '#/foundation/errors.ts'
import { parseRange } from '#/foundation/range.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { anApp } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import {
  findCurrentRelease,
  insertRelease,
  listReleases,
  makeCurrent,
  markFailed,
  markSucceeded,
} from './release-store.ts'

const running = await aTestPlatform()
const { platform, actor } = running
const { db } = platform

const aRelease = async (appId: string) =>
  insertRelease(db, actor, {
    appId,
    slugId: null,
    configSnapshotId: await insertConfigSnapshot(platform, appId, EMPTY_CONFIG),
    description: 'Test',
    formation: {},
    cause: 'config',
    addOns: [],
  })

test('versions rise by one, also when twenty are made at once', async () => {
  const app = await anApp(running)
  const releases = await Promise.all(Array.from({ length: 20 }, () => aRelease(app.id)))
  const versions = releases.map(({ version }) => version).toSorted((a, b) => a - b)
  assert.deepEqual(
    versions,
    Array.from({ length: 20 }, (_, index) => index + 2),
  )
})

test('a release never changes and has one outcome', async () => {
  const app = await anApp(running)
  const release = await aRelease(app.id)
  const rewrite = db
    .updateTable('releases')
    .set({ version: 99 })
    .where('id', '=', release.id)
    .execute()
  await assert.rejects(rewrite, (error) => violates(error, 'releases_append_only'))
  await markFailed(db, actor, release.id, 'it broke')
  await markSucceeded(db, actor, release.id) // too late: nothing happens
  const undo = db
    .updateTable('releases')
    .set({ status: 'succeeded' })
    .where('id', '=', release.id)
    .execute()
  await assert.rejects(undo, (error) => violates(error, 'releases_one_outcome'))
})

test('an app has one current release, and a failed one never is', async () => {
  const app = await anApp(running)
  const [first, second] = [await aRelease(app.id), await aRelease(app.id)]
  await makeCurrent(db, actor, first)
  await makeCurrent(db, actor, second)
  assert.equal((await findCurrentRelease(db, actor, app.id))?.version, second.version)
  const both = db
    .updateTable('releases')
    .set({ current: true })
    .where('id', '=', first.id)
    .execute()
  await assert.rejects(both, (error) => violates(error, 'releases_one_current'))
  const failed = await aRelease(app.id)
  await markFailed(db, actor, failed.id, 'it broke')
  const revived = db
    .updateTable('releases')
    .set({ current: true })
    .where('id', '=', failed.id)
    .execute()
  await assert.rejects(revived, (error) => violates(error, 'releases_current_lives'))
})

test('a range gives the newest first, and one more than asked if there are more', async () => {
  const app = await anApp(running)
  for (let n = 0; n < 4; n++) await aRelease(app.id)
  const found = await listReleases(
    db,
    actor,
    app.id,
    parseRange('version ..; max=2, order=desc', ['version']),
  )
  assert.deepEqual(
    found.map(({ version }) => version),
    [5, 4, 3],
  )
})
