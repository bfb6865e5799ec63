import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import http from 'node:http'
import { test } from 'node:test'
import { aDyno, aRoute, aRouter, converse, PATIENCE } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const SIZE = 20_000_000
/** No two stretches alike, so that one in the wrong place is seen. */
const BODY = Buffer.from(
  Uint32Array.from({ length: SIZE / 4 }, (_, at) => at * 2_654_435_761).buffer,
)
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const DIGEST = digestOf(BODY)

for (const framing of ['counted', 'chunked'] as const)
  test(`large ${framing} bodies arrive as they were sent, both ways, whoever is slow`, async () => {
    let atDyno = ''
    await using dyno = await aDyno((request, response) => {
      const hash = createHash('sha256')
      let received = 0
      request
        .on('data', (part: Buffer) => {
          hash.update(part)
          received += part.length
          if (received % 3 === 0) pauseFor(request, 5)
        })
        .on('end', () => {
          atDyno = hash.digest('hex')
          if (framing === 'counted') response.setHeader('Content-Length', SIZE)
          response.end(BODY)
        })
    })
    await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { Host: 'a.test', ...(framing === 'counted' && { 'Content-Length': SIZE }) }
      const request = http.request(
        { port: router.port, method: 'POST', headers, agent: false },
        (response) => {
          const hash = createHash('sha256')
          response
            .on('data', (part: Buffer) => {
              hash.update(part)
              if (part.length % 3 === 0) pauseFor(response, 5)
            })
            .on('end', () => resolve(hash.digest('hex')))
            .on('error', reject)
        },
      )
      request.on('error', reject)
      for (let at = 0; at < SIZE; at += 1_000_000) request.write(BODY.subarray(at, at + 1_000_000))
      request.end()
    })
    assert.equal(atDyno, DIGEST)
    assert.equal(answer, DIGEST)
  })

test('a body is not kept in memory while its receiver is slow', async () => {
  let heard = 0
  await using dyno = await aDyno((request) =>
    request.on('data', (part: Buffer) => (heard += part.length)).pause(),
  )
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${SIZE * 10}\r\n\r\n`)
  for (let n = 0; n < 10; n++) client.socket.write(BODY)
  // All of it waits at the client, but for what the kernel's buffers and a few of ours hold.
  let before = -1
  await until(
    () => before === (before = client.socket.bytesWritten - client.socket.writableLength),
    {
      ...PATIENCE,
      everyMs: 300,
    },
  )
  assert.ok(client.socket.writableLength > SIZE * 5)
  assert.equal(heard, 0)
  await dyno.kill()
})

const pauseFor = (stream: http.IncomingMessage, ms: number): void => {
  stream.pause()
  setTimeout(() => stream.resume(), ms)
}
