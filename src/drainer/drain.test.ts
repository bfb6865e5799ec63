import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '#/foundation/ids.ts'
import { openLogWriter, type LogWriter } from '#/log-store/log-writer.ts'
import { readLog } from '#/log-store/read-log.ts'
import { anHttpsReceiver, anIdentity, aSyslogReceiver } from '../../test/support/drains.ts'
import { aLine } from '../../test/support/logs.ts'
import { aClosedPort, quiet } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'
import type { WantedDrain } from '#/platform/log-drain/drain-feed.ts'
import { Drain, type DrainOptions } from './drain.ts'

const identity = await anIdentity()
const PATIENCE = { limitMs: 20_000 }

type World = AsyncDisposable & {
  appId: string
  writer: LogWriter
  write: (...texts: string[]) => void
  /** A drain of the app, the same each time but for what is given. */
  drain: (url: string, given?: Partial<DrainOptions & Pick<WantedDrain, 'id' | 'token'>>) => Drain
  /** What the platform says of drains in the app's log. */
  notes: () => Promise<string[]>
  token: string
  dir: string
}

const aWorld = async ({
  budgetBytes = 20_000_000,
  segmentBytes = 1_000_000,
} = {}): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-drain-'))
  const logsDir = join(dir, 'logs')
  const [appId, id, token] = [newId(), newId(), `d.${newId()}`]
  const createdAt = new Date(Date.now() - 1_000).toISOString()
  const writer = openLogWriter(logsDir, 'engine', { budgetBytes, segmentBytes })
  const notes = openLogWriter(logsDir, 'drainer')
  const drains: Drain[] = []
  return {
    appId,
    writer,
    token,
    dir,
    write: (...texts) => texts.forEach((text) => writer.append(appId, aLine(text))),
    drain: (url, { id: ownId = id, token: ownToken = token, ...given } = {}) => {
      const wanted = { id: ownId, appId, token: ownToken, url, createdAt }
      const drain = new Drain(wanted, {
        logsDir,
        dir: join(dir, 'drains'),
        privateHosts: ['127.0.0.1', 'localhost'],
        append: notes.append,
        log: quiet,
        backOffMs: { first: 20, most: 100 },
        ca: identity.ca,
        ...given,
      })
      drains.push(drain)
      return drain
    },
    notes: async () => {
      await notes.flush()
      const { lines } = await readLog(logsDir, appId, { lines: 1000, filter: { dyno: 'logplex' } })
      return lines.map(({ text }) => text)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(drains.map((drain) => drain.stop()))
      await writer.stop()
      await notes.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

test('lines are posted over HTTPS as Heroku’s logplex posts them', async () => {
  await using world = await aWorld()
  await using receiver = await anHttpsReceiver(identity)
  const { appId, token, writer } = world
  const at = Date.UTC(2030, 0, 2, 3, 4, 5, 678)
  writer.append(appId, aLine('hellö', { at }))
  writer.append(appId, aLine('at=info', { at: at + 1, source: 'heroku', dyno: 'router' }))
  writer.append(appId, aLine('State changed', { at: at + 2, source: 'heroku' }))
  world.drain(`https://me:p%40ss@localhost:${receiver.port}/in?x=1`)
  await until(() => receiver.messages().length === 3, PATIENCE)
  const [post] = receiver.posts
  assert.equal(post?.path, '/in?x=1')
  assert.equal(post.headers['content-type'], 'application/logplex-1')
  assert.equal(post.headers['logplex-msg-count'], '3')
  assert.equal(post.headers['logplex-drain-token'], token)
  assert.match(String(post.headers['logplex-frame-id']), /^[0-9a-f]{32}$/)
  assert.equal(post.headers.authorization, `Basic ${btoa('me:p@ss')}`)
  assert.deepEqual(receiver.messages(), [
    '<190>1 2030-01-02T03:04:05.678000+00:00 host app web.1 - hellö\n',
    '<158>1 2030-01-02T03:04:05.679000+00:00 host heroku router - at=info\n',
    '<45>1 2030-01-02T03:04:05.680000+00:00 host heroku web.1 - State changed\n',
  ])
})

for (const scheme of ['syslog', 'syslog+tls'])
  test(`lines go to ${scheme} under the drain’s token, over a new connection when one ends`, async () => {
    await using world = await aWorld()
    await using receiver = await aSyslogReceiver(scheme === 'syslog' ? undefined : identity)
    world.drain(`${scheme}://localhost:${receiver.port}`)
    world.write('one')
    await until(() => receiver.texts().includes('one'), PATIENCE)
    assert.match(
      receiver.messages()[0] ?? '',
      new RegExp(`>1 \\S+ ${world.token} app web\\.1 - one`),
    )
    receiver.cut()
    await pause(100)
    world.write('two')
    await until(() => receiver.texts().includes('two'), PATIENCE)
  })

test('a certificate that nobody vouches for is refused, and the app’s log says so without the URL', async () => {
  await using world = await aWorld()
  await using https = await anHttpsReceiver(identity)
  world.write('secret business')
  world.drain(`https://me:s3cr3t@localhost:${https.port}/t0k3n`, { ca: (await anIdentity()).ca })
  const note = await until(async () => (await world.notes())[0], PATIENCE)
  assert.match(note, /^Error L14 \(Certificate validation error\) -> drain d\./)
  assert.doesNotMatch(note, /s3cr3t|t0k3n/)
  assert.deepEqual(https.posts, [])
})

test('a TLS receiver by another name is refused', async () => {
  await using world = await aWorld()
  await using receiver = await aSyslogReceiver(identity)
  world.write('x')
  // The certificate names localhost and addresses of this machine, not this name of it.
  world.drain(`syslog+tls://127.0.0.2:${receiver.port}`, { privateHosts: ['127.0.0.2'] })
  const note = await until(async () => (await world.notes())[0], PATIENCE)
  assert.match(note, /L14 .*ERR_TLS_CERT_ALTNAME_INVALID/)
  assert.deepEqual(receiver.messages(), [])
})

test('private addresses are not connected to unless the operator names them', async () => {
  await using world = await aWorld()
  await using receiver = await aSyslogReceiver()
  world.write('x')
  world.drain(`syslog://localhost:${receiver.port}`, { privateHosts: [] })
  const note = await until(async () => (await world.notes())[0], PATIENCE)
  assert.match(note, /not a public address/)
  world.drain(`syslog://127.0.0.1:${receiver.port}`, { privateHosts: ['localhost'] })
  await pause(300)
  assert.deepEqual(receiver.messages(), [])
})

test('a receiver that says nothing is given up after a while, tried again, and holds up no other drain', async () => {
  await using world = await aWorld()
  await using silent = await anHttpsReceiver(identity)
  await using other = await anHttpsReceiver(identity)
  silent.answer(undefined)
  world.drain(`https://localhost:${silent.port}/`, { limitMs: 200 })
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`)
  world.write(...lines)
  await until(() => silent.refused() > 0, PATIENCE)
  world.drain(`https://localhost:${other.port}/`, { id: newId(), token: `d.${newId()}` })
  await until(() => other.texts().length >= lines.length, PATIENCE)
  assert.deepEqual(
    other.texts().filter((text) => text.startsWith('line')),
    lines,
  )
  const told = other.posts.map(({ headers }) => Number(headers['logplex-msg-count']))
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    other.messages().length,
  )
  await until(() => silent.refused() > 2, PATIENCE)
  assert.deepEqual(silent.texts(), [])
  assert.match((await world.notes())[0] ?? '', /takes no lines: it takes too long/)
  silent.answer(202)
  await until(() => silent.texts().length >= lines.length, PATIENCE)
  assert.deepEqual(silent.texts(), lines)
})

test('between two tries it waits twice as long as before, up to a limit', async () => {
  await using world = await aWorld()
  await using receiver = await anHttpsReceiver(identity)
  receiver.answer(500)
  world.drain(`https://localhost:${receiver.port}/`, { backOffMs: { first: 100, most: 400 } })
  world.write('x')
  await until(() => receiver.refused() >= 6, PATIENCE)
  const waits = receiver.refusedAt.slice(1, 6).map((at, n) => at - (receiver.refusedAt[n] ?? 0))
  // Half of it is chance.
  for (const [n, least] of [50, 100, 200, 200, 200].entries())
    assert.ok((waits[n] ?? 0) >= least - 2, waits.join(' '))
  assert.ok(Math.min(...waits.slice(2)) < 2_000, waits.join(' '))
})

test('a dead receiver gets all of it once it lives', async () => {
  await using world = await aWorld()
  const port = await aClosedPort()
  world.drain(`syslog://127.0.0.1:${port}`)
  world.write(...Array.from({ length: 500 }, (_, index) => `line ${index}`))
  const note = await until(async () => (await world.notes())[0], PATIENCE)
  assert.match(note, /takes no lines: ECONNREFUSED/)
  await using receiver = await aSyslogReceiver(undefined, { port })
  await until(() => receiver.texts().length >= 500, PATIENCE)
  assert.deepEqual(
    receiver.texts(),
    Array.from({ length: 500 }, (_, index) => `line ${index}`),
  )
  assert.equal((await world.notes()).length, 1, 'one note for a streak of failures')
})

test('5xx is tried again with the same frame id; a frame that is not wanted is dropped and counted', async () => {
  await using world = await aWorld()
  await using receiver = await anHttpsReceiver(identity)
  receiver.answer(503)
  world.drain(`https://localhost:${receiver.port}/`)
  world.write('patience')
  await until(() => receiver.refused() > 4, PATIENCE)
  receiver.answer(200)
  await until(() => receiver.texts().includes('patience'), PATIENCE)
  receiver.answer(413)
  world.write('too much')
  const note = await until(
    async () => (await world.notes()).find((text) => text.includes('L10')),
    PATIENCE,
  )
  assert.match(
    note,
    /^Error L10 \(output buffer overflow\): drain d\.\S+: 1 message dropped since /,
  )
  receiver.answer(200)
  world.write('fine')
  await until(() => receiver.texts().includes('fine'), PATIENCE)
  assert.match(receiver.texts().at(-2) ?? '', /Error L10 .*: 1 message dropped/)
  assert.ok(!receiver.texts().includes('too much'))
})

test('what the log no longer had is counted, in the drain and in the log', async () => {
  await using world = await aWorld({ budgetBytes: 40_000, segmentBytes: 10_000 })
  const port = await aClosedPort()
  world.drain(`syslog://127.0.0.1:${port}`)
  world.write('number 0')
  await until(async () => (await world.notes())[0], PATIENCE)
  const total = 3_000
  for (let number = 1; number < total; number++) {
    world.write(`number ${number} ${'x'.repeat(40)}`)
    if (number % 50 === 0) await world.writer.flush()
  }
  await world.writer.flush()
  await using receiver = await aSyslogReceiver(undefined, { port })
  await until(
    () => receiver.texts().some((text) => text.startsWith(`number ${total - 1} `)),
    PATIENCE,
  )
  const texts = receiver.texts()
  const arrived = texts.filter((text) => text.startsWith('number')).length
  const dropped = texts
    .map((text) => Number(/L10 .*: (\d+) messages? dropped/.exec(text)?.[1] ?? 0))
    .reduce((sum, count) => sum + count, 0)
  assert.ok(dropped > 0)
  assert.equal(arrived + dropped, total)
  assert.ok((await world.notes()).some((text) => text.includes(`${dropped} messages dropped`)))
})

test('a receiver that stops reading holds up nothing but itself, and gets on when it reads', async () => {
  await using world = await aWorld()
  await using receiver = await aSyslogReceiver()
  receiver.pause()
  world.drain(`syslog://127.0.0.1:${receiver.port}`)
  const text = 'y'.repeat(1_000)
  const write = async (): Promise<void> => {
    for (let number = 0; number < 7_000; number++) {
      world.write(`${number} ${text}`)
      if (number % 250 === 0) await pause(25) // an app may log so much a second
    }
    await world.writer.flush()
  }
  await write()
  const before = process.memoryUsage().rss
  await pause(500)
  assert.ok(process.memoryUsage().rss - before < 30_000_000)
  receiver.resume()
  const last = (): string | undefined => receiver.texts().at(-1)
  await until(() => last()?.startsWith('6999 '), { limitMs: 60_000, everyMs: 1_000 })
  assert.equal(new Set(receiver.texts()).size, 7_000)
})

test('a drain goes on where it was, and sends nothing from before it was made', async () => {
  await using world = await aWorld()
  await using receiver = await anHttpsReceiver(identity)
  const url = `https://localhost:${receiver.port}/`
  world.writer.append(world.appId, aLine('old', { at: Date.now() - 60_000 }))
  const first = world.drain(url)
  world.write('one')
  await until(() => receiver.texts().includes('one'), PATIENCE)
  await until(() => positionOf(world), PATIENCE)
  await first.stop()
  world.write('two')
  world.drain(url)
  await until(() => receiver.texts().includes('two'), PATIENCE)
  assert.deepEqual(receiver.texts(), ['one', 'two'])
})

const positionOf = async ({ dir }: World): Promise<string | undefined> => {
  const [name] = await readdir(join(dir, 'drains')).catch(() => [])
  return name?.endsWith('.json') ? readFile(join(dir, 'drains', name), 'utf8') : undefined
}
