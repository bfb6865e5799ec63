import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { config } from '#/foundation/config.ts'
import { sweepSources } from '#/platform/source/sweep-sources.ts'
import { anApp, aTeam } from '../../../test/support/apps.ts'
import { writeFiles } from '../../../test/support/files.ts'
import { aGitPlatform } from '../../../test/support/git-platform.ts'
import { aTar, aTarball, type TarItem } from '../../../test/support/tarballs.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, origin, platform } = host

type Shown = {
  id: string
  blob: { method: string; url: string }
  checksum: string | null
  size: number | null
  process_types: Record<string, string>
}

const aSlug = async (app: { name: string }, body: object = {}): Promise<Shown> => {
  const made = await call('POST', `/apps/${app.name}/slugs`, body)
  assert.equal(made.statusCode, 201, made.body)
  return made.json()
}
/** The same path on the port that is really listened to, without a token. */
const put = (url: string, body: Buffer): Promise<Response> => {
  const { pathname, search } = new URL(url)
  return fetch(`${origin}${pathname}${search}`, { method: 'PUT', body: new Uint8Array(body) })
}
const packed = async (items: TarItem[]): Promise<Buffer> =>
  gzipSync(Buffer.concat(await aTar(items).toArray()))
const shown = async (app: { name: string }, { id }: Shown): Promise<Shown> =>
  (await call('GET', `/apps/${app.name}/slugs/${id}`)).json()
const release = (app: { name: string }, slug: string) =>
  call('POST', `/apps/${app.name}/releases`, { slug })
const leftovers = (): Promise<string[]> => readdir(platform.paths.sources).catch(() => [])

const FILES = { './app/Procfile': 'web: ./run\n', './app/lib/a.txt': 'a' }

test('a slug is announced, its files are put, and it is released', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app, {
    process_types: { worker: 'true' },
    commit: 'abc',
    stack: 'heroku-22',
  })
  assert.equal(slug.blob.method, 'put')
  assert.deepEqual([slug.checksum, slug.size], [null, null])
  assert.equal((await shown(app, slug)).blob.method, 'put')
  const early = await release(app, slug.id)
  assert.equal(early.statusCode, 422)
  assert.match(early.json().message, /files of this slug have not come/)
  const sent = await put(slug.blob.url, await aTarball(FILES))
  assert.equal(sent.status, 200, await sent.text())
  const whole = await shown(app, slug)
  assert.equal(whole.blob.method, 'get')
  assert.deepEqual(whole.process_types, { worker: 'true' })
  assert.match(whole.checksum ?? '', /^SHA256:[0-9a-f]{64}$/)
  const released = await release(app, slug.id)
  assert.equal(released.statusCode, 201, released.body)
  assert.equal(released.json().slug.id, slug.id)
  assert.equal((await call('GET', `/apps/${app.name}`)).json().stack.name, 'heroku-22')
  const formation = (await call('GET', `/apps/${app.name}/formation`)).json()
  assert.deepEqual(
    formation.map(({ type }: { type: string }) => type),
    ['worker'],
  )
  const events = await platform.db
    .selectFrom('events')
    .select(['action', 'after'])
    .where('resourceId', '=', slug.id)
    .orderBy('id')
    .execute()
  assert.deepEqual(
    events.map(({ action }) => action),
    ['create', 'update'],
  )
  assert.deepEqual(await leftovers(), [])
})

test('the same files have the same digest, whoever packed them, and come back as they went', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-slug-'))
  await writeFiles(dir, { Procfile: 'web: ./run\n', 'lib/a.txt': 'a' })
  const built = await platform.store.put(dir)
  await rm(dir, { recursive: true })
  const app = await anApp(host)
  const first = await aSlug(app)
  assert.equal((await put(first.blob.url, await aTarball(FILES))).status, 200)
  const whole = await shown(app, first)
  assert.equal(whole.checksum, built.digest.replace('sha256:', 'SHA256:'))
  assert.deepEqual(whole.process_types, { web: './run' }, 'as the Procfile says')
  const { pathname, search } = new URL(whole.blob.url)
  const again = await aSlug(app)
  const got = await call('GET', `${pathname}${search}`, undefined, { token: '' })
  assert.equal((await put(again.blob.url, got.rawPayload)).status, 200)
  assert.equal((await shown(app, again)).checksum, whole.checksum)
})

test('links stay as they are, as those of a build do', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app)
  const items: TarItem[] = [
    { name: './app/bin/run', mode: 0o755, text: '#!/bin/sh\n' },
    { name: './app/python', type: 'symlink', linkname: '/usr/bin/python3' },
    { name: './app/up', type: 'symlink', linkname: '../../..' },
    { name: './app/copy', type: 'link', linkname: './app/bin/run' },
  ]
  const sent = await put(slug.blob.url, await packed(items))
  assert.equal(sent.status, 200, await sent.text())
  const { pathname, search } = new URL((await shown(app, slug)).blob.url)
  const blob = await call('GET', `${pathname}${search}`, undefined, { token: '' })
  assert.match(gunzipSync(blob.rawPayload).toString(), /\/usr\/bin\/python3/)
})

const HOSTILE: [what: string, items: TarItem[], words: RegExp][] = [
  ['a file beside app', [{ name: 'etc/x', text: '' }], /below .\/app/],
  ['a file beside app, too', [{ name: 'app/x' }, { name: 'other', text: '' }], /below .\/app/],
  ['an absolute path', [{ name: '/app/x', text: '' }], /leads out/],
  ['a path that climbs', [{ name: './app/../../x', text: '' }], /leads out/],
  ['a device', [{ name: 'app/null', type: 'character-device' }], /neither file/],
  ['a pipe', [{ name: 'app/pipe', type: 'fifo' }], /neither file/],
  ['app as a file', [{ name: 'app', text: 'x' }], /below .\/app/],
  ['app as a link', [{ name: 'app', type: 'symlink', linkname: '/etc' }], /below .\/app/],
  [
    'a file through a link',
    [
      { name: 'app/l', type: 'symlink', linkname: '/etc' },
      { name: 'app/l/passwd', text: 'x' },
    ],
    /below a link|cannot be files and folders/,
  ],
  [
    'app first a link',
    [
      { name: 'app', type: 'symlink', linkname: '/tmp' },
      { name: 'app/x', text: 'x' },
    ],
    /below a link|cannot be files and folders/,
  ],
  [
    'a hard link to a file of the machine',
    [{ name: 'app/x', type: 'link', linkname: '/etc/passwd' }],
    /leads out/,
  ],
  [
    'a file below a file',
    [
      { name: 'app/a', text: 'x' },
      { name: 'app/a/b', text: 'x' },
    ],
    /cannot be/,
  ],
  ['a name that is too long', [{ name: `app/${'x'.repeat(300)}`, text: '' }], /cannot be/],
  ['a link to nothing', [{ name: 'app/l', type: 'symlink', linkname: '' }], /left out/],
  ['a Procfile that is none', [{ name: 'app/Procfile', text: 'web: a\u0001b\n' }], /control char/],
  ['nothing', [], /below .\/app/],
]

test('what is no slug is refused in words, leaves nothing, and another try may follow', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app)
  for (const [what, items, words] of HOSTILE) {
    const answer = await put(slug.blob.url, await packed(items))
    const { message } = (await answer.json()) as { message: string }
    assert.equal(answer.status, 422, `${what}: ${message}`)
    assert.match(message, words, what)
  }
  for (const bytes of [Buffer.from('no gzip'), Buffer.alloc(0), gzipSync(Buffer.alloc(100, 'x'))])
    assert.equal((await put(slug.blob.url, bytes)).status, 422)
  const whole = await aTarball(FILES)
  assert.equal((await put(slug.blob.url, whole.subarray(0, whole.length - 20))).status, 422)
  assert.deepEqual(await leftovers(), [])
  assert.equal((await release(app, slug.id)).statusCode, 422)
  assert.equal((await put(slug.blob.url, whole)).status, 200)
})

test('a slug larger than allowed is refused before it fills the disk', async (t) => {
  const app = await anApp(host)
  const slug = await aSlug(app)
  const limit = config.slugLimitBytes
  t.after(() => Object.assign(config, { slugLimitBytes: limit }))
  Object.assign(config, { slugLimitBytes: 1_000 })
  const bomb = await packed([{ name: 'app/zeros', text: '0'.repeat(100_000) }])
  const answer = await put(slug.blob.url, bomb)
  assert.equal(answer.status, 422)
  assert.match(((await answer.json()) as { message: string }).message, /larger than 1000 bytes/)
  assert.deepEqual(await leftovers(), [])
})

test('a slug that is not what its checksum says is refused', async () => {
  const app = await anApp(host)
  const bytes = await aTarball(FILES)
  const checksum = createHash('sha256').update(bytes).digest('hex')
  const slug = await aSlug(app, { checksum: `SHA256:${checksum}` })
  const other = await aTarball({ './app/x': '' })
  assert.equal((await put(slug.blob.url, other)).status, 422)
  assert.equal((await put(slug.blob.url, bytes)).status, 200)
})

test('files come once: of two at once one is taken, and later ones find nothing', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app)
  const bytes = await aTarball(FILES)
  const other = await aTarball({ './app/other': '' })
  const answers = await Promise.all([bytes, bytes, other].map((one) => put(slug.blob.url, one)))
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
  assert.equal(statuses[0], 200)
  assert.ok(
    statuses.slice(1).every((status) => status === 409 || status === 404),
    statuses.join(),
  )
  assert.equal((await put(slug.blob.url, other)).status, 404)
  assert.deepEqual(await leftovers(), [])
})

test('bodies that say nothing sensible are refused', async () => {
  const app = await anApp(host)
  for (const body of [
    { process_types: { 'a b': 'x' } },
    { process_types: { web: 'a\u0001b' } },
    { process_types: { web: 7 } },
    { process_types: [] },
    { stack: 'heroku-18' },
    { commit: 'x'.repeat(300) },
    { commit: 'a\u001b[2J' },
    { checksum: 'md5' },
  ]) {
    const answer = await call('POST', `/apps/${app.name}/slugs`, body)
    assert.equal(answer.statusCode, 422, JSON.stringify(body))
  }
})

test('only who may deploy makes slugs, for that app alone, and the URL is the permission', async () => {
  const team = await aTeam(host, ['viewer'])
  const app = await anApp(host, { team: team.name })
  const other = await anApp(host)
  const path = `/apps/${app.name}/slugs`
  assert.equal((await call('POST', path, {}, team.people.viewer)).statusCode, 403)
  assert.equal((await call('POST', path, {}, await host.aPerson())).statusCode, 404)
  const slug = await aSlug(app)
  const seen = await call('GET', `${path}/${slug.id}`, undefined, team.people.viewer)
  assert.equal(seen.json().blob.url, '')
  assert.equal((await call('GET', `/apps/${other.name}/slugs/${slug.id}`)).statusCode, 404)
  assert.equal((await release(other, slug.id)).statusCode, 404)
  const bytes = await aTarball(FILES)
  assert.equal(
    (await put(slug.blob.url.replace(/signature=../, 'signature=00'), bytes)).status,
    404,
  )
  const elsewhere = slug.blob.url.replace('/upload', '')
  assert.equal((await put(elsewhere, Buffer.from('{}'))).status, 404)
  assert.equal((await call('DELETE', `/apps/${app.name}`)).statusCode, 200)
  assert.equal((await put(slug.blob.url, bytes)).status, 404)
})

test('what nobody sent files for is forgotten', async () => {
  const app = await anApp(host)
  const slug = await aSlug(app)
  await platform.db
    .updateTable('slugUploads')
    .set({ expiresAt: new Date(Date.now() - 1_000) })
    .where('id', '=', slug.id)
    .execute()
  assert.equal((await put(slug.blob.url, await aTarball(FILES))).status, 404)
  await sweepSources(platform)
  const left = await platform.db
    .selectFrom('slugUploads')
    .select('id')
    .where('id', '=', slug.id)
    .execute()
  assert.deepEqual(left, [])
})
