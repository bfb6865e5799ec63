import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { config } from '#/foundation/config.ts'
import { aGitPlatform } from '../../../test/support/git-platform.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { sweepSources } from './sweep-sources.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, origin, platform } = host
const { sources } = platform.paths

type SourceBlob = { put_url: string; get_url: string }
const aSource = async (): Promise<SourceBlob> => {
  const made = await call('POST', '/sources')
  assert.equal(made.statusCode, 201)
  return made.json<{ source_blob: SourceBlob }>().source_blob
}
/** The same path on the port that is really listened to. */
const here = (url: string): string => {
  const { pathname, search } = new URL(url)
  return `${origin}${pathname}${search}`
}
const put = (url: string, body: Buffer): Promise<Response> =>
  fetch(here(url), { method: 'PUT', body, headers: { authorization: '' } })
const filesOf = async (url: string): Promise<string[]> => {
  const id = new URL(url).pathname.split('/')[2] ?? ''
  return (await readdir(sources).catch(() => [])).filter((name) => name.startsWith(id))
}

test('what is put at the one URL is got at the other, without a token', async () => {
  const { put_url, get_url } = await aSource()
  assert.equal((await fetch(here(get_url))).status, 404)
  const bytes = Buffer.alloc(3_000_000, 'tarball')
  assert.equal((await put(put_url, bytes)).status, 200)
  const got = await fetch(here(get_url))
  assert.equal(got.headers.get('content-length'), String(bytes.length))
  assert.ok(bytes.equals(Buffer.from(await got.arrayBuffer())))
})

test('what is put again replaces what was there', async () => {
  const { put_url, get_url } = await aSource()
  await put(put_url, Buffer.from('first'))
  await put(put_url, Buffer.from('second'))
  assert.equal(await (await fetch(here(get_url))).text(), 'second')
})

test('the URL to get cannot be put to, and an altered one is nothing', async () => {
  const { put_url, get_url } = await aSource()
  assert.equal((await put(get_url, Buffer.from('{}'))).status, 404)
  assert.equal(
    (await put(put_url.replace(/expires=\d/, 'expires=9'), Buffer.from('x'))).status,
    404,
  )
  assert.equal((await fetch(here(get_url.split('?')[0] ?? ''))).status, 404)
  assert.deepEqual(await filesOf(put_url), [])
})

test('an upload that breaks off leaves nothing', async () => {
  const { put_url, get_url } = await aSource()
  const upload = httpRequest(here(put_url), {
    method: 'PUT',
    headers: { 'content-length': 1_000_000 },
  })
  upload.on('error', () => {})
  upload.write(Buffer.alloc(100_000, 'x'))
  await until(async () => (await filesOf(put_url)).length === 1, { limitMs: 20_000 })
  upload.destroy()
  await until(async () => (await filesOf(put_url)).length === 0, { limitMs: 20_000 })
  assert.equal((await fetch(here(get_url))).status, 404)
})

test('one that is too large is refused, whether it says so or not', async () => {
  const { pushLimitBytes } = config
  Object.assign(config, { pushLimitBytes: 1000 })
  try {
    const { put_url } = await aSource()
    const body = Buffer.alloc(5000, 'x')
    assert.equal((await put(put_url, body)).status, 422)
    const chunked = new Blob([body]).stream()
    const answer = await fetch(here(put_url), { method: 'PUT', body: chunked, duplex: 'half' })
    assert.equal(answer.status, 422)
    assert.deepEqual(await filesOf(put_url), [])
  } finally {
    Object.assign(config, { pushLimitBytes })
  }
})

test('the sweep takes old leftovers and leaves what is used', async () => {
  const { put_url, get_url } = await aSource()
  await put(put_url, Buffer.from('used'))
  const [used = ''] = await filesOf(put_url)
  const id = used.split('.')[0] ?? ''
  const leftovers = [`${id}.123.partial`, `${id}.${createHash('sha256').digest('hex')}`]
  for (const name of leftovers) await writeFile(join(sources, name), 'left')
  const old = new Date(Date.now() - 2 * 3_600_000)
  for (const name of await readdir(sources)) await utimes(join(sources, name), old, old)
  await sweepSources(platform)
  assert.deepEqual(await filesOf(put_url), [used])
  assert.equal(await (await fetch(here(get_url))).text(), 'used')
})
