import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '#/foundation/exec.ts'
import { readLog } from '#/log-store/read-log.ts'
import { aDyno, aRoute, aRouteSource, ask, converse, PATIENCE } from '../../test/support/router.ts'
import { aSharedPort } from '../../test/support/router-process.ts'
import { until } from '../../test/support/until.ts'

/** Asks at a fixed rate, as people do, half of them on connections they keep. */
const aLoad = (port: number) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 10, scheduling: 'fifo' })
  const failures: string[] = []
  const under = new Set<Promise<void>>()
  let answered = 0
  const one = async (n: number): Promise<void> => {
    try {
      const body = n % 3 === 0 ? { method: 'POST', body: 'x'.repeat(5_000) } : {}
      const answer = await ask(port, 'a.test', { ...(n % 2 && { agent }), ...body })
      if (answer.status === 200) answered += 1
      else failures.push(`${answer.status} ${answer.body}`)
    } catch (error) {
      failures.push(String(error))
    }
  }
  let n = 0
  const timer = setInterval(() => {
    const asked: Promise<void> = one(n++).finally(() => under.delete(asked))
    under.add(asked)
  }, 5)
  return {
    failures,
    answered: () => answered,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(under)
      agent.destroy()
    },
  }
}

const hello: http.RequestListener = (request, response) => {
  request.resume().on('end', () => setTimeout(() => response.end('hello'), 20))
}

test('a router that is replaced by another drops no request', async () => {
  await using dyno = await aDyno(hello)
  await using source = await aRouteSource(aRoute('a.test', [dyno.route]))
  await using shared = aSharedPort()
  let router = await shared.startRouter(source)
  const load = aLoad(shared.port)
  for (let swap = 0; swap < 2; swap++) {
    const enough = load.answered() + 50
    await until(() => load.answered() + load.failures.length >= enough, PATIENCE)
    const next = await shared.startRouter(source)
    assert.equal(await router.stop('SIGTERM'), 0)
    router = next
  }
  await load.stop()
  assert.deepEqual(load.failures, [])
  await router.stop('SIGTERM')
})

test('what is under way when everything ends is answered, and connections at rest end at once', async () => {
  let answer: http.ServerResponse | undefined
  await using dyno = await aDyno((_, response) => (answer = response))
  await using source = await aRouteSource(aRoute('a.test', [dyno.route]))
  await using shared = aSharedPort()
  const router = await shared.startRouter(source)
  using resting = await converse(shared.port)
  using client = await converse(shared.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  const held = await until(() => answer, PATIENCE)
  const stopped = router.stop('SIGINT')
  await resting.over()
  held.end('late')
  assert.match(await client.over(), /\r\nConnection: close\r\n\r\nlate$|late\r\n0\r\n\r\n$/)
  assert.equal(await stopped, 0)
})

test('the death of a router costs what it was serving, and refuses nobody', async () => {
  await using dyno = await aDyno(hello)
  await using source = await aRouteSource(aRoute('a.test', [dyno.route]))
  await using shared = aSharedPort()
  const router = await shared.startRouter(source)
  await until(() => existsSync(join(source.dir, 'router', 'routes.jsonl')), PATIENCE)
  await source.goAway()
  await router.stop('SIGKILL')
  // Nobody accepts now: the request waits in the queue of the port for the next router.
  const asked = ask(shared.port, 'a.test')
  await shared.startRouter(source)
  assert.equal((await asked).body, 'hello')
})

test('what the router itself cannot do is told as H99, counts as failed, and is over when it can again', async () => {
  await using dyno = await aDyno((_, response) => {
    response.setHeader('connection', 'close').end('hello')
  })
  const route = aRoute('a.test', [dyno.route])
  await using source = await aRouteSource(route)
  await using shared = aSharedPort()
  const { pid, stop } = await shared.startRouter(source)
  const allow = (descriptors: number) =>
    run('prlimit', ['--pid', String(pid), `--nofile=${descriptors}:`])
  using client = await converse(shared.port)
  const say = (): void => client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  say()
  await client.hear('hello')
  const logged = async (): Promise<string[]> =>
    (await readLog(join(source.dir, 'logs'), route.id, { lines: 10 })).lines.map(({ text }) => text)
  await until(async () => (await logged()).length === 1, PATIENCE) // its file is open
  assert.equal((await allow(3)).code, 0)
  say()
  await client.hear('HTTP/1.1 503 ')
  await client.hear('</html>')
  await allow(1024)
  say()
  await client.hear('hello')
  await stop('SIGINT')
  const failed = (await logged()).find((text) => text.includes('code=H99'))
  assert.match(failed ?? '', /^at=error code=H99 desc="Platform error" method=GET .* status=503/)
  const counted = source.reports.flatMap(({ counters }) => counters).at(-1)
  assert.deepEqual([counted?.served, counted?.failed], [2, 1])
})

test('a router that is short of descriptors turns people away, serves the others, and recovers', async () => {
  await using dyno = await aDyno(hello)
  await using source = await aRouteSource(aRoute('a.test', [dyno.route]))
  await using shared = aSharedPort()
  await shared.startRouter(source, ['prlimit', '--nofile=120:120'])
  using early = await converse(shared.port)
  early.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await early.hear('hello')
  const crowd = await Promise.all(Array.from({ length: 200 }, () => converse(shared.port)))
  await until(() => crowd.filter((client) => client.isOver()).length > 100, PATIENCE)
  early.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await early.hear('hello')
  for (const client of crowd) client.socket.destroy()
  await until(
    async () => (await ask(shared.port, 'a.test').catch(() => undefined))?.status === 200,
    PATIENCE,
  )
})
