import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { anApp, aTeam } from '../../../test/support/apps.ts'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
} from '../../../test/support/git-platform.ts'
import { aTarball } from '../../../test/support/tarballs.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, origin } = host
await host.startWorker()
const buildpack = await aBuildpack('ls "$1"; cat "$2/kept" 2>/dev/null; echo "a cache" > "$2/kept"')

type Shown = {
  id: string
  steps: { name: string; buildpack: string | null; started_at: string; finished_at: string }[]
  status: string
  failure_reason: string | null
  output_stream_url: string
  slug: { id: string } | null
  release: { id: string } | null
  source_blob: { url: string; version: string | null; checksum: string | null }
}

/** The same path on the port that is really listened to. */
const here = (url: string): string => {
  const { pathname, search } = new URL(url)
  return `${origin}${pathname}${search}`
}

const anUpload = async (files: Record<string, string>) => {
  const tarball = await aTarball(files)
  const { source_blob } = (await call('POST', '/sources')).json<{
    source_blob: { put_url: string; get_url: string }
  }>()
  const put = await fetch(here(source_blob.put_url), { method: 'PUT', body: tarball })
  assert.equal(put.status, 200)
  return { url: source_blob.get_url, sha256: createHash('sha256').update(tarball).digest('hex') }
}

const build = (app: string, body: unknown) => call('POST', `/apps/${app}/builds`, body)
const untilEnded = (app: string, { id }: Shown): Promise<Shown> =>
  until(
    async () => {
      const shown = (await call('GET', `/apps/${app}/builds/${id}`)).json<Shown>()
      return shown.status === 'pending' ? undefined : shown
    },
    { limitMs: 60_000, everyMs: 50, what: 'the end of the build' },
  )

test('an uploaded tarball becomes a slug and a release, and its output can be read again', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const { url, sha256 } = await anUpload({ Procfile: 'worker: true\n', 'a/b': 'words' })
  const source_blob = { url, version: 'v1.2', checksum: `SHA256:${sha256.toUpperCase()}` }
  const asked = await build(app.name, { source_blob })
  assert.equal(asked.statusCode, 201, asked.body)
  assert.equal(asked.json<Shown>().status, 'pending')
  const streamed = await (await fetch(here(asked.json<Shown>().output_stream_url))).text()
  const ended = await untilEnded(app.name, asked.json())
  assert.equal(ended.status, 'succeeded', streamed)
  assert.match(streamed, /compiling v1\.2\n/)
  assert.match(streamed, /Released v2\n/)
  assert.equal(await (await fetch(here(ended.output_stream_url))).text(), streamed)
  assert.ok(!ended.source_blob.url.includes('signature'))
  const release = (await call('GET', `/apps/${app.name}/releases/2`)).json()
  assert.equal(release.id, ended.release?.id)
  assert.equal(release.description, 'Deploy v1.2')
})

test('where the time of a build goes is told step by step, also of one that fails', async () => {
  const { dir } = await aWorkingCopy({
    'bin/detect': "#!/bin/sh\nprintf 'Pl\\000\\033[1main'\n",
    'bin/compile': '#!/bin/sh\n[ ! -e "$1/broken" ]\n',
    'bin/release': '#!/bin/sh\necho "--- {}"\n',
  })
  const app = await anAppBuiltBy(host, `file://${dir}`)
  const stepsOf = async (files: Record<string, string>): Promise<Shown['steps']> => {
    const { url } = await anUpload(files)
    const asked = await build(app.name, { source_blob: { url } })
    return (await untilEnded(app.name, asked.json())).steps
  }
  const steps = await stepsOf({ Procfile: 'worker: true\n' })
  assert.deepEqual(
    steps.map(({ name }) => name),
    ['source', 'detect', 'compile', 'inspect', 'compress'],
  )
  assert.equal(steps[2]?.buildpack, 'Pl[1main')
  const times = steps.flatMap(({ started_at: from, finished_at: to }) => [from, to])
  assert.deepEqual(times, times.toSorted())
  const failed = await stepsOf({ Procfile: 'worker: true\n', broken: '', other: '' })
  assert.equal(failed.at(-1)?.name, 'compile')
  assert.ok(failed.at(-1)?.finished_at)
})

test('a forge puts everything in one folder, which is not one of the app', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const { url } = await anUpload({ 'shop-1f3a/Procfile': 'worker: true\n' })
  const ended = await untilEnded(app.name, (await build(app.name, { source_blob: { url } })).json())
  const output = await (await fetch(here(ended.output_stream_url))).text()
  assert.match(output, /^Procfile$/m)
})

test('what cannot be a source is refused at once, in words', async () => {
  const app = await anApp(host)
  const { url } = await anUpload({ Procfile: 'worker: true\n' })
  const empty = (await call('POST', '/sources')).json().source_blob.get_url
  for (const [source_blob, message] of [
    [{ url: 'http://example.com/x.tgz' }, /https URL/],
    [{ url: 'file:///etc/passwd' }, /https URL/],
    [{ url: 'nonsense' }, /https URL/],
    [{ url: empty }, /Nothing has been uploaded/],
    [{ url, checksum: `SHA256:${'0'.repeat(64)}` }, /not that of what was uploaded/],
    [{ url, checksum: 'MD5:1' }, /checksum/],
    [{ url, version: 'v1\u001b[31m' }, /version/],
    [{}, /url/],
  ] as const) {
    const answer = await build(app.name, { source_blob })
    assert.equal(answer.statusCode, 422, answer.body)
    assert.match(answer.json().message, message)
  }
  const hostile = await build(app.name, {
    source_blob: { url },
    buildpacks: [{ url: '--upload-pack=x' }],
  })
  assert.equal(hostile.statusCode, 422)
})

test('a source at a private address, and what is no archive, fail their builds with a reason', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const url = 'https://127.0.0.1:1/x.tgz'
  const ended = await untilEnded(app.name, (await build(app.name, { source_blob: { url } })).json())
  assert.match(ended.failure_reason ?? '', /not a public address/)
  const { put_url, get_url } = (await call('POST', '/sources')).json().source_blob
  await fetch(here(put_url), { method: 'PUT', body: Buffer.alloc(3000, 'not a tar') })
  const body = { source_blob: { url: get_url } }
  const broken = await untilEnded(app.name, (await build(app.name, body)).json())
  assert.match(broken.failure_reason ?? '', /not a whole tar archive/)
})

test('what a buildpack keeps is there for the next build, until it is dropped', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const { url } = await anUpload({ Procfile: 'worker: true\n' })
  const outputOfBuild = async (): Promise<string> => {
    const asked = (await build(app.name, { source_blob: { url } })).json<Shown>()
    return (await fetch(here(asked.output_stream_url))).text()
  }
  assert.doesNotMatch(await outputOfBuild(), /a cache/)
  assert.match(await outputOfBuild(), /a cache/)
  assert.equal((await call('DELETE', `/apps/${app.name}/build-cache`)).statusCode, 200)
  assert.doesNotMatch(await outputOfBuild(), /a cache/)
})

test('builds are listed by their time, in pages, and one that has ended is not cancelled', async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const { url } = await anUpload({ Procfile: 'worker: true\n' })
  for (const version of ['one', 'two', 'three'])
    await build(app.name, { source_blob: { url, version } })
  const page = async (range: string) => {
    const answer = await call('GET', `/apps/${app.name}/builds`, undefined, { headers: { range } })
    const versions = answer.json<Shown[]>().map(({ source_blob }) => source_blob.version)
    return { versions, next: answer.headers['next-range'] }
  }
  const first = await page('created_at ..; order=desc,max=2')
  assert.deepEqual(first.versions, ['three', 'two'])
  const second = await page(String(first.next))
  assert.deepEqual(second, { versions: ['one'], next: undefined })
  const bad = { headers: { range: 'created_at yesterday..' } }
  assert.equal((await call('GET', `/apps/${app.name}/builds`, undefined, bad)).statusCode, 416)
  const [oldest] = (await call('GET', `/apps/${app.name}/builds`)).json<Shown[]>()
  assert.ok(oldest)
  await untilEnded(app.name, oldest)
  const cancelled = await call('DELETE', `/apps/${app.name}/builds/${oldest.id}`)
  assert.equal(cancelled.statusCode, 409)
})

test('who may only look sees builds, and neither begins one nor fetches the code', async () => {
  const { name: team, people } = await aTeam(host, ['viewer'])
  const app = await anApp(host, { team })
  const { url } = await anUpload({ Procfile: 'worker: true\n' })
  await build(app.name, { source_blob: { url } })
  const viewer = { token: people.viewer.token }
  const listed = await call('GET', `/apps/${app.name}/builds`, undefined, viewer)
  assert.equal(listed.json<Shown[]>().length, 1)
  const [{ id } = { id: '' }] = listed.json<Shown[]>()
  for (const [method, path, body] of [
    ['POST', 'builds', { source_blob: { url } }],
    ['DELETE', `builds/${id}`, undefined],
    ['DELETE', 'build-cache', undefined],
  ] as const)
    assert.equal((await call(method, `/apps/${app.name}/${path}`, body, viewer)).statusCode, 403)
  const other = await anApp(host)
  assert.equal((await call('GET', `/apps/${other.name}/builds/${id}`)).statusCode, 404)
})
