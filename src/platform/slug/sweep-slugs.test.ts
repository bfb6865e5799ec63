import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { releaseApp } from '#/platform/deploy/release-app.ts'
import { makeCurrent, markSucceeded } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { anApp } from '../../../test/support/apps.ts'
import { until } from '../../../test/support/until.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { insertSlug } from './slug-store.ts'
import type { Slug } from './slug.ts'
import { sweepSlugs } from './sweep-slugs.ts'

const host = await aTestPlatform()
const { platform, actor, call } = host
const { db, store, keyring } = platform

/** Made some time ago; the same `text` makes the same artifact. */
const aSlug = async (appId: string, text: string): Promise<Slug> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-slug-'))
  await writeFile(join(dir, 'text'), text)
  const { digest, sizeBytes } = await store.put(dir)
  await rm(dir, { recursive: true })
  const slug = await insertSlug(db, actor, {
    appId,
    digest,
    processTypes: {},
    stack: 'heroku-24',
    commit: 'a'.repeat(40),
    commitDescription: null,
    buildpacks: [],
    buildpackProvidedDescription: null,
    size: sizeBytes,
  })
  await db
    .updateTable('slugs')
    .set({ createdAt: new Date('2026-01-01') })
    .where('id', '=', slug.id)
    .execute()
  return slug
}

const release = (appId: string, slug: Slug): Promise<Release> =>
  transaction(db, async (tx) => {
    const { configSnapshotId } = await lockApp(tx, actor, appId)
    const made = await releaseApp(tx, actor, {
      appId,
      slugId: slug.id,
      configSnapshotId:
        configSnapshotId ?? (await insertConfigSnapshot({ db: tx, keyring }, appId, EMPTY_CONFIG)),
      description: 'Deploy',
      addOns: [],
      cause: 'slug',
    })
    await makeCurrent(tx, actor, made)
    await markSucceeded(tx, actor, made.id)
    return made
  })

test('an app keeps the slugs that it released last, and says so of one that is gone', async () => {
  const app = await anApp(host)
  const slugs = [
    await aSlug(app.id, 'one'),
    await aSlug(app.id, 'two'),
    await aSlug(app.id, 'three'),
  ]
  const [first, second, third] = slugs as [Slug, Slug, Slug]
  const oldest = await release(app.id, first)
  for (const slug of [second, third, second]) await release(app.id, slug)
  await sweepSlugs(platform, 2)
  assert.deepEqual(await Promise.all(slugs.map(({ digest }) => store.has(digest))), [
    false,
    true,
    true,
  ])
  const shown = (await call('GET', `/apps/${app.name}/slugs/${first.id}`)).json()
  assert.notEqual(shown.deleted_at, null)
  const refused = await call('POST', `/apps/${app.name}/releases`, { release: oldest.id })
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /no longer kept/)
  await sweepSlugs(platform, 2)
})

test('a slug that is given up at the very moment of its release: that is said, and nothing is released', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app.id, 'at once')
  const first = await release(app.id, slug)
  const sweep = await host.database.pool.connect()
  try {
    await sweep.query('begin')
    await sweep.query('update slugs set removed_at = now() where id = $1', [slug.id])
    const asked = call('POST', `/apps/${app.name}/releases`, { release: first.id })
    await until(
      async () => {
        const waiting = await host.database.pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return (waiting.rowCount ?? 0) > 0 || undefined
      },
      { limitMs: 10_000, what: 'the release to wait for the slug' },
    )
    await sweep.query('commit')
    const refused = await asked
    assert.equal(refused.statusCode, 422, refused.body)
    assert.match(refused.json().message, /no longer kept/)
  } finally {
    sweep.release()
  }
  assert.equal((await call('GET', `/apps/${app.name}/releases`)).json().length, 2)
})

test('what another app runs stays, though the app that built it is gone', async () => {
  const [built, promoted] = [await anApp(host), await anApp(host)]
  const [kept, lost] = [await aSlug(built.id, 'kept'), await aSlug(built.id, 'lost')]
  for (const slug of [lost, kept]) await release(built.id, slug)
  await release(promoted.id, kept)
  assert.equal((await call('DELETE', `/apps/${built.name}`)).statusCode, 200)
  await sweepSlugs(platform, 1)
  assert.equal(await store.has(kept.digest), true)
  assert.equal(await store.has(lost.digest), false)
})

test('an artifact stays as long as one of its slugs does', async () => {
  const [one, other] = [await anApp(host), await anApp(host)]
  const old = await aSlug(one.id, 'shared')
  await release(one.id, old)
  await release(one.id, await aSlug(one.id, 'newer'))
  await release(other.id, await aSlug(other.id, 'shared'))
  await sweepSlugs(platform, 1)
  assert.equal(await store.has(old.digest), true)
})

test('a slug that was just made stays, released or not', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app.id, 'young')
  await db.updateTable('slugs').set({ createdAt: new Date() }).where('id', '=', slug.id).execute()
  await sweepSlugs(platform, 0)
  assert.equal(await store.has(slug.digest), true)
})

test('a release and a sweep at once: the slug is kept or refused, never lost', async () => {
  const app = await anApp(host)
  const slugs = await Promise.all(Array.from({ length: 8 }, (_, at) => aSlug(app.id, `race ${at}`)))
  const [outcomes] = await Promise.all([
    Promise.allSettled(slugs.map((slug) => release(app.id, slug))),
    sweepSlugs(platform, 100),
  ])
  for (const [at, outcome] of outcomes.entries())
    assert.equal(
      await store.has(slugs[at]?.digest ?? ''),
      outcome.status === 'fulfilled',
      String(at),
    )
})
