import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction, type Db } from '#/foundation/db.ts'
import { listDynosOfDeploy } from '#/platform/dyno/dyno-store.ts'
import { anApp, aServingRelease } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { findDeployOfRelease } from './deploy-store.ts'
import { releaseApp } from './release-app.ts'

/** No worker runs here: what there is was there when the release's transaction ended. */
const host = await aTestPlatform()
const { platform, actor } = host
const { db } = platform

const wantedBy = async (releaseId: string): Promise<string[]> => {
  const deploy = await findDeployOfRelease(db, actor, releaseId)
  assert.equal(deploy?.status, 'queued')
  const dynos = await listDynosOfDeploy(db, actor, deploy.id)
  return dynos.map(({ type, number }) => `${type}.${number}`)
}

/** An app with a release that was deployed, and another release of the same code. */
const anAppThatReleases = async (processTypes: Record<string, string>) => {
  const app = await anApp(host)
  const { slugId, configSnapshotId } = await aServingRelease(host, app, processTypes)
  await db
    .updateTable('deploys')
    .set({ status: 'succeeded', finishedAt: new Date() })
    .where('appId', '=', app.id)
    .execute()
  return (tx: Db = db) =>
    releaseApp(tx, actor, {
      appId: app.id,
      slugId,
      configSnapshotId,
      description: 'Again',
      addOns: [],
      cause: 'push',
    })
}

test('the dynos of a release are wanted with it, unless a deploy is before it', async () => {
  const release = await anAppThatReleases({ web: 'serve', worker: 'work' })
  assert.deepEqual(await wantedBy((await release()).id), ['web.1'])
  assert.deepEqual(await wantedBy((await release()).id), [])
})

test('before a release phase no dyno is wanted', async () => {
  const release = await anAppThatReleases({ web: 'serve', release: 'migrate' })
  assert.deepEqual(await wantedBy((await release()).id), [])
})

test('a transaction that has wanted dynos keeps no other app from wanting its own', async () => {
  const many = await anAppThatReleases({ web: 'serve' })
  const other = await anAppThatReleases({ web: 'serve' })
  await transaction(db, async (tx) => {
    await many(tx)
    assert.deepEqual(await wantedBy((await other()).id), ['web.1']) // on a connection of its own
  })
})
