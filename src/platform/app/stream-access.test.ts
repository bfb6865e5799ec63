import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { after, test } from 'node:test'
import { createApi } from '#/api/create-api.ts'
import { anApp, aTeam } from '../../../test/support/apps.ts'
import { aLine } from '../../../test/support/logs.ts'
import { outputPath } from '#/platform/build/build-output.ts'
import type { Role } from '#/platform/team/team.ts'
import { aBrowser, aPersonWithPassword } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'

const testPlatform = await aTestPlatform()
const { call, platform } = testPlatform
const { db, logs } = platform

const api = await createApi(platform)
api.server.listen(0, '127.0.0.1')
await once(api.server, 'listening')
after(async () => {
  api.server.close()
  api.server.closeAllConnections()
  await api.stop()
})

type Open = { text: () => string; hasEnded: () => boolean; close: () => void }

const open = (url: string): Open => {
  const { pathname, search } = new URL(url)
  const address = api.server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const request = get({ host: '127.0.0.1', port, path: pathname + search, agent: false })
  let text = ''
  let hasEnded = false
  request.on('error', () => (hasEnded = true))
  request.on('response', (response: IncomingMessage) => {
    assert.equal(response.statusCode, 200)
    response.setEncoding('utf8').on('data', (some: string) => (text += some))
    response.on('end', () => (hasEnded = true)).on('error', () => (hasEnded = true))
  })
  return { text: () => text, hasEnded: () => hasEnded, close: () => void request.destroy() }
}

/** A member's open tail of an app's log, and the output of a build that goes on; with another token than their first, if so. */
const aReader = async (authorization?: { scope?: string[]; expires_in?: number }) => {
  const { name: team, people } = await aTeam(testPlatform, ['member'])
  const app = await anApp(testPlatform, { team })
  const { actor, email } = people.member
  const own = { token: people.member.token }
  const made = authorization && (await call('POST', '/oauth/authorizations', authorization, own))
  const token: string = made ? made.json().access_token.token : own.token
  const session = await call('POST', `/apps/${app.name}/log-sessions`, { tail: true }, { token })
  const source_blob = { url: 'https://example.com/source.tgz' }
  const build = await call('POST', `/apps/${app.name}/builds`, { source_blob }, { token })
  assert.equal(build.statusCode, 201, build.body)
  const { id, output_stream_url } = build.json<{ id: string; output_stream_url: string }>()
  await mkdir(platform.paths.builds, { recursive: true })
  await writeFile(outputPath(platform.paths, id), 'hello')
  logs.append(app.id, aLine('hello'))
  await logs.flush()
  const log = open(session.json<{ logplex_url: string }>().logplex_url)
  const output = open(output_stream_url)
  const streams = [log, output]
  await until(() => streams.every((stream) => stream.text().includes('hello')))
  return { team, app, token, actor, email, streams }
}

const assertEnd = async (streams: Open[]): Promise<void> => {
  const began = performance.now()
  await until(() => streams.every((stream) => stream.hasEnded()), { limitMs: 5_000 })
  assert.ok(performance.now() - began < 1_000)
}

const setRole = (accountId: string | null, role: Role): Promise<unknown> =>
  db.updateTable('teamMembers').set({ role }).where('accountId', '=', accountId).execute()

test('what a member reads ends when they leave the team', async () => {
  const { actor, streams } = await aReader()
  await db
    .deleteFrom('teamMembers')
    .where('accountId', '=', actor.accountId ?? '')
    .execute()
  await assertEnd(streams)
})

test('what a member reads of the log ends when the team lets its members only look', async () => {
  const { team, streams } = await aReader()
  const [log, output] = streams as [Open, Open]
  const preferences = `/teams/${team}/preferences`
  await call('PATCH', preferences, { member_permissions: ['view', 'operate'], auto_join: false })
  assert.equal(log.hasEnded(), false)
  assert.equal((await call('PATCH', preferences, { member_permissions: [] })).statusCode, 200)
  await assertEnd([log])
  assert.equal(output.hasEnded(), false, 'the output of a build takes no more than to see the app')
  output.close()
})

test('what a member reads ends when the app is locked, unless they were granted it', async () => {
  const { app, actor, email, streams } = await aReader()
  await db
    .insertInto('collaborators')
    .values({ appId: app.id, email, accountId: actor.accountId, permissions: ['view', 'operate'] })
    .execute()
  await db.updateTable('apps').set({ locked: true }).where('id', '=', app.id).execute()
  logs.append(app.id, aLine('still here'))
  await until(() => streams[0]?.text().includes('still here'))
  await db.deleteFrom('collaborators').where('appId', '=', app.id).execute()
  await assertEnd(streams)
})

test('who may see but not read the log keeps the output of the build and loses the log', async () => {
  const { actor, streams } = await aReader()
  const [log, output] = streams
  assert.ok(log && output)
  await setRole(actor.accountId, 'viewer')
  await assertEnd([log])
  assert.ok(!output.hasEnded())
  await setRole(actor.accountId, 'collaborator')
  await assertEnd([output])
})

test('a revoked token ends what it opened, and its URLs open nothing more', async () => {
  const { app, token, streams } = await aReader()
  const again = await call('POST', `/apps/${app.name}/log-sessions`, {}, { token })
  const { pathname, search } = new URL(again.json<{ logplex_url: string }>().logplex_url)
  const own = (await call('GET', '/oauth/authorizations/~', undefined, { token })).json()
  assert.equal(
    (await call('DELETE', `/oauth/authorizations/${own.id}`, undefined, { token })).statusCode,
    200,
  )
  await assertEnd(streams)
  const late = await call('GET', pathname + search, undefined, { headers: { authorization: '' } })
  assert.equal(late.statusCode, 404)
})

test('an expired token ends what it opened within a second, whatever its scope', async () => {
  const expires_in = 3
  const expiresAt = Date.now() + expires_in * 1_000
  const { app, token, streams } = await aReader({ scope: ['write'], expires_in })
  const session = await call('POST', `/apps/${app.name}/log-sessions`, {}, { token })
  const { pathname, search } = new URL(session.json<{ logplex_url: string }>().logplex_url)
  assert.ok(streams.every((stream) => !stream.hasEnded()))
  await until(() => streams.every((stream) => stream.hasEnded()), { limitMs: 10_000 })
  assert.ok(Date.now() > expiresAt - 100 && Date.now() < expiresAt + 1_500)
  const late = await call('GET', pathname + search, undefined, { headers: { authorization: '' } })
  assert.equal(late.statusCode, 404)
})

test('a rotated token ends what it opened, and its URLs open nothing more, unlike the new one', async () => {
  const { app, token, streams } = await aReader()
  const asked = (as: string) => call('POST', `/apps/${app.name}/log-sessions`, {}, { token: as })
  const pathOf = ({ json }: Awaited<ReturnType<typeof asked>>): string => {
    const { pathname, search } = new URL(json<{ logplex_url: string }>().logplex_url)
    return pathname + search
  }
  const before = pathOf(await asked(token))
  const rotation = '/oauth/authorizations/~/actions/regenerate-tokens'
  const rotated = (await call('POST', rotation, undefined, { token })).json()
  await assertEnd(streams)
  const after = pathOf(await asked(rotated.access_token.token))
  const read = (url: string) => call('GET', url, undefined, { headers: { authorization: '' } })
  assert.equal((await read(before)).statusCode, 404)
  assert.equal((await read(after)).statusCode, 200)
})

test('a revoked deploy token, or one whose maker has left, ends the output of the build that it follows', async () => {
  for (const loss of ['revoked', 'left'] as const) {
    const { name: team, people } = await aTeam(testPlatform, ['admin'])
    const app = await anApp(testPlatform, { team })
    const admin = { token: people.admin.token }
    const made = (await call('POST', `/apps/${app.name}/deploy-tokens`, {}, admin)).json()
    const source_blob = { url: 'https://example.com/source.tgz' }
    const ci = { token: made.token }
    const build = await call('POST', `/apps/${app.name}/builds`, { source_blob }, ci)
    assert.equal(build.statusCode, 201, build.body)
    const { id, output_stream_url } = build.json<{ id: string; output_stream_url: string }>()
    await mkdir(platform.paths.builds, { recursive: true })
    await writeFile(outputPath(platform.paths, id), 'hello')
    const output = open(output_stream_url)
    await until(() => output.text().includes('hello'))
    if (loss === 'revoked') await call('DELETE', `/deploy-tokens/${made.id}`, undefined, admin)
    else
      await db
        .deleteFrom('teamMembers')
        .where('accountId', '=', people.admin.actor.accountId ?? '')
        .execute()
    await assertEnd([output])
    const { pathname, search } = new URL(output_stream_url)
    const late = await call('GET', pathname + search, undefined, { headers: { authorization: '' } })
    assert.equal(late.statusCode, 404)
  }
})

test("a browser's session that ends takes along what it opened", async () => {
  const { name, id } = await anApp(testPlatform)
  const person = await aPersonWithPassword(testPlatform)
  await call('POST', `/apps/${name}/collaborators`, { user: person.email })
  const browser = aBrowser(testPlatform)
  await browser.signIn(person.email)
  const headers = { origin: 'http://localhost:5000' }
  const path = `/apps/${name}/log-sessions`
  const session = await browser.send('POST', path, { body: { tail: true }, headers })
  assert.equal(session.statusCode, 201, session.body)
  logs.append(id, aLine('hello'))
  await logs.flush()
  const log = open(session.json<{ logplex_url: string }>().logplex_url)
  await until(() => log.text().includes('hello'))
  const ended = await browser.send('DELETE', '/oauth/sessions/~', { headers })
  assert.equal(ended.statusCode, 200, ended.body)
  await assertEnd([log])
})

test('the holder of a URL can be neither altered nor left out', async () => {
  const { name } = await anApp(testPlatform)
  const asked = await call('POST', `/apps/${name}/log-sessions`, {})
  const { pathname, search } = new URL(asked.json<{ logplex_url: string }>().logplex_url)
  const stranger = await testPlatform.aPerson()
  const path = pathname + search
  const forged = [
    path.replace(/&holder=[^&]*/, ''),
    path.replace(/holder=[^&]*/, 'holder='),
    path.replace(/holder=[^.]*/, `holder=${stranger.actor.accountId}`),
    path.replace(/(holder=[^.&]*)\.[^&]*/, '$1.'),
  ]
  const read = (url: string) => call('GET', url, undefined, { headers: { authorization: '' } })
  assert.equal((await read(path)).statusCode, 200)
  for (const url of forged) assert.equal((await read(url)).statusCode, 404, url)
})
