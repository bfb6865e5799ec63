import assert from 'node:assert/strict'
import type http from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  aDyno,
  aRoute,
  aRouteSource,
  converse,
  PATIENCE,
  type Conversation,
} from '../../test/support/router.ts'
import { aSharedPort, type RouterProcess } from '../../test/support/router-process.ts'
import { until } from '../../test/support/until.ts'

/** Answers with the number of bytes it got. */
const measure: http.RequestListener = (request, response) => {
  let size = 0
  request
    .on('data', (part: Buffer) => (size += part.length))
    .on('end', () => response.end(`[${size}]`))
    .on('error', () => {})
}

const BODY = 'u'.repeat(200_000)
const HEAD = `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${BODY.length}\r\n`
const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

/** What a client has said when its router is told to go, and what it says after. */
const MOMENTS: Record<string, { before: string; hears?: string; after: string }> = {
  'taken and silent': { before: '', after: `${HEAD}\r\n${BODY}` },
  'one letter': { before: HEAD.slice(0, 1), after: `${HEAD.slice(1)}\r\n${BODY}` },
  'half a head': { before: HEAD.slice(0, 40), after: `${HEAD.slice(40)}\r\n${BODY}` },
  'all of the head but its end': { before: `${HEAD}\r`, after: `\n${BODY}` },
  'a head': { before: `${HEAD}\r\n`, after: BODY },
  'half a body': {
    before: `${HEAD}\r\n${BODY.slice(0, 100_000)}`,
    after: BODY.slice(100_000),
  },
  'half a chunk': {
    before: 'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\nuuu',
    after: `${BODY.slice(3)}\r\n0\r\n\r\n`,
  },
  'leave to send': {
    before: `${HEAD}Expect: 100-continue\r\n\r\n`,
    hears: '100 Continue\r\n',
    after: BODY,
  },
  'at rest': { before: GET, hears: '[0]', after: `${HEAD}\r\n${BODY}` },
  'at rest, then half a head': {
    before: `${GET}${HEAD.slice(0, 40)}`,
    hears: '[0]',
    after: `${HEAD.slice(40)}\r\n${BODY}`,
  },
}

type Waiting = { moment: string; client: Conversation; after: string }

const begin = (port: number): Promise<Waiting[]> =>
  Promise.all(
    Object.entries(MOMENTS).map(async ([moment, { before, hears, after }]) => {
      const client = await converse(port)
      client.say(before)
      if (hears !== undefined) await client.hear(hears)
      return { moment, client, after }
    }),
  )

const aProbe = async (port: number): Promise<Conversation> => {
  const probe = await converse(port)
  probe.say(GET)
  await probe.hear('[0]')
  return probe
}

/** Tells the router at the other end of `probes` to go; resolves when it has understood. */
const dismiss = async (router: RouterProcess, probes: Conversation[]) => {
  const gone = router.stop('SIGTERM')
  await until(async () => {
    const probe = probes.shift()
    assert.ok(probe, 'it does not understand')
    probe.say(GET)
    const isLast = (await probe.hear('[0]')).includes('Connection: close')
    probe.socket.destroy()
    return isLast
  }, PATIENCE)
  for (const probe of probes) probe.socket.destroy()
  return { gone }
}

test('whatever moment of a request a router is replaced at, the request is answered', async () => {
  await using dyno = await aDyno(measure)
  await using source = await aRouteSource(aRoute('a.test', [dyno.route]))
  await using shared = aSharedPort()
  let router = await shared.startRouter(source)
  for (let swap = 0; swap < 4; swap++) {
    const clients = await begin(shared.port)
    const probes = await Promise.all(Array.from({ length: 50 }, () => aProbe(shared.port)))
    const next = await shared.startRouter(source)
    const { gone } = await dismiss(router, probes)
    // The last time clients take their time, as some do that were told that they may.
    if (swap === 3) await pause(8_000)
    for (const { client, after } of clients) client.say(after)
    for (const { client, moment } of clients) {
      assert.match(await client.hear(`[${BODY.length}]`), /HTTP\/1\.1 200 OK\r\n/, moment)
      client.socket.destroy()
    }
    assert.equal(await gone, 0)
    router = next
  }
})

test('clients are told how long a connection may rest, or that it ends', async () => {
  await using dyno = await aDyno(measure)
  await using source = await aRouteSource(aRoute('a.test', [dyno.route]))
  await using shared = aSharedPort()
  const router = await shared.startRouter(source)
  using client = await converse(shared.port)
  client.say(GET)
  assert.match(await client.hear('[0]'), /\r\nKeep-Alive: timeout=20\r\n/)
  const probes = await Promise.all(Array.from({ length: 50 }, () => aProbe(shared.port)))
  const { gone } = await dismiss(router, probes)
  client.say(GET)
  assert.match(await client.hear('[0]'), /\r\nConnection: close\r\n/)
  assert.equal(await gone, 0)
})
