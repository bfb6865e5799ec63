import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { aDyno, aDynoThatSays, aRoute, aRouter, ask, converse } from '../../test/support/router.ts'

const REQUEST =
  'POST /a?b HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n' +
  'Expect: 100-continue\r\nX-Request-Id: abcdefghij-0123456789\r\n\r\n5;x=y\r\nhello\r\n0\r\nX: a\r\n\r\n'
const RESPONSE =
  'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n' +
  '5\r\nhello\r\n0\r\nX: a\r\n\r\n'

/** `text` with a few octets changed, taken out or doubled, the same for the same `seed`. */
const garbled = (text: string, seed: number): string => {
  let state = seed + 1
  const next = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  let garbage = text
  for (let n = next(4); n >= 0; n--) {
    const at = next(garbage.length)
    const put = [
      '',
      String.fromCharCode(next(256)),
      garbage.slice(at, at + next(20)),
      '\r\n',
      '\n',
    ][next(5)]
    garbage = garbage.slice(0, at) + put + garbage.slice(at + next(3))
  }
  return garbage
}

/** A log that remembers what went wrong. */
const aLog = () => {
  const errors: string[] = []
  return {
    errors,
    log: pino({ level: 'error' }, { write: (line: string) => void errors.push(line) }),
  }
}

test('whatever clients send, the router answers or hangs up, and goes on', async () => {
  const { errors, log } = aLog()
  await using dyno = await aDyno((request, response) =>
    request.resume().on('end', () => response.end('ok')),
  )
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    log,
    limits: { headMs: 200, idleMs: 200 },
  })
  for (let seed = 0; seed < 600; seed += 30)
    await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        using client = await converse(router.port)
        client.say(garbled(REQUEST, seed + at))
        client.say(REQUEST)
        client.say('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n')
        await client.over()
      }),
    )
  assert.equal((await ask(router.port, 'a.test')).body, 'ok')
  assert.deepEqual(errors, [])
})

test('whatever dynos send, the client gets a response or sees that there is none, and the router goes on', async () => {
  const { errors, log } = aLog()
  await using router = await aRouter({ log, limits: { firstByteMs: 200, idleMs: 200 } })
  const dynos = await Promise.all(
    Array.from({ length: 200 }, (_, seed) => aDynoThatSays(garbled(RESPONSE, seed))),
  )
  await router.source.set(...dynos.map(({ route }, at) => aRoute(`h${at}.test`, [route])))
  let whole = 0
  for (let from = 0; from < dynos.length; from += 20)
    await Promise.all(
      dynos.slice(from, from + 20).map(async (_, at) => {
        const answer = await ask(router.port, `h${from + at}.test`).catch(() => undefined)
        if (answer?.status === 200) whole += 1
      }),
    )
  for (const dyno of dynos) await dyno.kill()
  assert.ok(whole > 10, `${whole} of them were good enough`)
  assert.deepEqual(errors, [])
})
