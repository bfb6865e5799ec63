import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { after, test } from 'node:test'
import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { releaseApp } from '#/platform/deploy/release-app.ts'
import { makeCurrent, markSucceeded } from '#/platform/release/release-store.ts'
import { anApp, aTeam } from '../../test/support/apps.ts'
import { aRunningPlatform } from '../../test/support/running-platform.ts'
import { until } from '../../test/support/until.ts'
import { WebSocket } from 'ws'
import { serveRendezvous } from './rendezvous.ts'
import { serveRendezvousInBrowsers } from './rendezvous-in-browsers.ts'

const test_ = await aRunningPlatform()
const { platform, call, actor } = test_
const server = net.createServer((socket) => serveRendezvous(platform, socket as TLSSocket))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const pages = createServer().on('upgrade', serveRendezvousInBrowsers(platform))
pages.listen(0, '127.0.0.1')
await once(pages, 'listening')
after(() => {
  server.close()
  pages.close()
})

/** A team's app with code, without dynos of its own. */
const anAppWithCode = async (team: string): Promise<{ id: string; name: string }> => {
  const app = await anApp(test_, { team })
  const slug = await test_.aSlug(app.id, { 'hello.txt': 'hello' }, { worker: 'true' })
  await transaction(platform.db, async (tx) => {
    const { configSnapshotId } = await lockApp(tx, actor, app.id)
    const release = await releaseApp(tx, actor, {
      appId: app.id,
      slugId: slug.id,
      configSnapshotId: configSnapshotId ?? '',
      description: 'Deploy',
      addOns: [],
      cause: 'slug',
    })
    await makeCurrent(tx, actor, release)
    await markSucceeded(tx, actor, release.id)
  })
  return app
}

const run = async (app: string, token: string): Promise<string> => {
  const body = { command: 'cat hello.txt; cat', attach: true }
  // The worker deploys the app's first, empty release meanwhile, which then is the current one for a moment.
  const asked = await until(async () => {
    const answer = await call('POST', `/apps/${app}/dynos`, body, { token })
    return answer.statusCode === 422 ? undefined : answer
  })
  assert.equal(asked.statusCode, 201, asked.body)
  return new URL(asked.json<{ attach_url: string }>().attach_url).pathname.slice(1)
}

const connect = (secret: string) => {
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  let got = ''
  let hasEnded = false
  socket.on('data', (some) => (got += String(some)))
  socket.on('close', () => (hasEnded = true)).on('error', () => {})
  socket.write(`${secret}\r\n`)
  return { got: () => got, hasEnded: () => hasEnded, close: () => socket.destroy() }
}

const leave = (accountId: string | null): Promise<unknown> =>
  platform.db
    .deleteFrom('teamMembers')
    .where('accountId', '=', accountId ?? '')
    .execute()

test('a one-off dyno is taken from whoever loses the permission, within a second', async () => {
  const { name, people } = await aTeam(test_, ['member'])
  const app = await anAppWithCode(name)
  const attached = connect(await run(app.name, people.member.token))
  await until(() => attached.got().includes('hello'), { limitMs: 60_000 })
  await leave(people.member.actor.accountId)
  const began = performance.now()
  await until(attached.hasEnded)
  assert.ok(performance.now() - began < 1_000)
})

/** As a page of that origin does; an `Origin` of our own unless another is said. */
const connectInBrowser = (secret: string, path = '/rendezvous', origin?: string) => {
  const at = `127.0.0.1:${(pages.address() as AddressInfo).port}`
  const socket = new WebSocket(`ws://${at}${path}`, { origin: origin ?? `http://${at}` })
  let got = ''
  let ending = ''
  socket.on('open', () => socket.send(`${secret}\r\n`))
  socket.on('message', (some: Buffer) => (got += some.toString()))
  socket.on('close', (status) => (ending ||= String(status)))
  socket.on('error', (error) => (ending ||= error.message))
  return { got: () => got, ending: () => ending, say: (text: string) => socket.send(text) }
}

test('a browser meets its dyno on a WebSocket, and loses it with the permission, within a second', async () => {
  const { name, people } = await aTeam(test_, ['member'])
  const app = await anAppWithCode(name)
  const attached = connectInBrowser(await run(app.name, people.member.token))
  await until(() => attached.got().includes('hello'), { limitMs: 60_000 })
  assert.match(attached.got(), /^rendezvous\r\n/)
  const long = 'x'.repeat(60_000)
  attached.say(`${long}\n`)
  await until(() => attached.got().includes(long), { limitMs: 20_000 })
  await leave(people.member.actor.accountId)
  const began = performance.now()
  await until(attached.ending)
  assert.ok(performance.now() - began < 1_000)
})

test('a page of another origin, and another path, open no WebSocket; a wrong secret meets nobody', async () => {
  const elsewhere = connectInBrowser('', '/rendezvous', 'https://evil.example')
  assert.match(await until(elsewhere.ending), /403/)
  assert.match(await until(connectInBrowser('', '/socket').ending), /404/)
  const stranger = connectInBrowser('f'.repeat(64))
  await until(stranger.ending)
  assert.equal(stranger.got(), 'No dyno waits here.\r\n')
})

test('a secret is good for as long as whoever it was given to may run a dyno', async () => {
  const { name, people } = await aTeam(test_, ['member'])
  const app = await anAppWithCode(name)
  const secret = await run(app.name, people.member.token)
  await leave(people.member.actor.accountId)
  const refused = connect(secret)
  await until(refused.hasEnded)
  assert.equal(refused.got(), 'No dyno waits here.\r\n')
})

test('a one-off dyno is taken from a token that is revoked, rotated or expired, within a second', async () => {
  const { name, people } = await aTeam(test_, ['member'])
  const app = await anAppWithCode(name)
  const own = { token: people.member.token }
  for (const end of ['revoked', 'rotated', 'expired'] as const) {
    const body = { scope: ['write-protected'], expires_in: end === 'expired' ? 8 : 3600 }
    const made = await call('POST', '/oauth/authorizations', body, own)
    const { id, access_token } = made.json<{ id: string; access_token: { token: string } }>()
    const path = `/oauth/authorizations/${id}`
    const attached = connect(await run(app.name, access_token.token))
    await until(() => attached.got().includes('hello'), { limitMs: 60_000 })
    assert.ok(!attached.hasEnded())
    if (end === 'revoked') await call('DELETE', path, undefined, own)
    if (end === 'rotated') await call('POST', `${path}/actions/regenerate-tokens`, undefined, own)
    const began = performance.now()
    await until(attached.hasEnded, { limitMs: 20_000 })
    if (end !== 'expired') assert.ok(performance.now() - began < 1_000, end)
    const late = connect(await run(app.name, own.token))
    await until(() => late.got().includes('hello'), { limitMs: 60_000 })
    late.close()
  }
})

test('a secret that a void token was given opens nothing', async () => {
  const { name, people } = await aTeam(test_, ['member'])
  const app = await anAppWithCode(name)
  const own = { token: people.member.token }
  const made = (await call('POST', '/oauth/authorizations', {}, own)).json()
  const secret = await run(app.name, made.access_token.token)
  const path = `/oauth/authorizations/${made.id}`
  await call('POST', `${path}/actions/regenerate-tokens`, undefined, own)
  const refused = connect(secret)
  await until(refused.hasEnded)
  assert.equal(refused.got(), 'No dyno waits here.\r\n')
})
