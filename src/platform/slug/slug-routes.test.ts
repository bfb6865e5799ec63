import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { insertSlug } from './slug-store.ts'
import type { Slug } from './slug.ts'

const host = await aTestPlatform()
const { platform, actor, call } = host

/** A slug whose one file is in the store. */
const aSlug = async (appId: string): Promise<Slug> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-slug-'))
  await writeFile(join(dir, 'Procfile'), 'worker: true\n')
  const { digest, sizeBytes } = await platform.store.put(dir)
  await rm(dir, { recursive: true })
  return insertSlug(platform.db, actor, {
    appId,
    digest,
    processTypes: { worker: 'true' },
    stack: 'heroku-24',
    commit: 'a'.repeat(40),
    commitDescription: 'First version',
    buildpacks: [],
    buildpackProvidedDescription: 'Plain',
    size: sizeBytes,
  })
}

test('a slug tells what it is, and its files can be fetched below app/ without a token', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app.id)
  const shown = (await call('GET', `/apps/${app.name}/slugs/${slug.id}`)).json()
  assert.equal(shown.checksum, slug.digest.replace('sha256:', 'SHA256:'))
  assert.deepEqual(shown.process_types, { worker: 'true' })
  const { pathname, search } = new URL(shown.blob.url)
  const blob = await call('GET', `${pathname}${search}`, undefined, { token: '' })
  const tar = gunzipSync(blob.rawPayload).toString()
  assert.match(tar, /^\.\/app\/(?:\0|Procfile\0)/)
  assert.match(tar, /worker: true\n/)
  assert.equal((await call('GET', pathname)).statusCode, 404)
})

test('who may only look sees a slug but not its files', async () => {
  const { name: team, people } = await aTeam(host, ['viewer'])
  const app = await anApp(host, { team })
  const slug = await aSlug(app.id)
  const viewer = { token: people.viewer.token }
  const shown = await call('GET', `/apps/${app.name}/slugs/${slug.id}`, undefined, viewer)
  assert.equal(shown.json().blob.url, '')
})

test('a slug is found in the apps that it was built for or that run it, and in no other', async () => {
  const [built, other] = [await anApp(host), await anApp(host)]
  const { slugId } = await aServingRelease(host, built, { web: 'serve' })
  assert.equal((await call('GET', `/apps/${built.name}/slugs/${slugId}`)).statusCode, 200)
  assert.equal((await call('GET', `/apps/${other.name}/slugs/${slugId}`)).statusCode, 404)
  assert.equal((await call('GET', `/apps/${other.name}/slugs/none`)).statusCode, 404)
})
