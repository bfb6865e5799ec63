import assert from 'node:assert/strict'
import { createServer, request, type ClientRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { cutIfSlow } from './slow-bodies.ts'

const PACE = { everyMs: 400, leastBytes: 1_000 }

/** Reads the body, and answers some looks later. */
const server = createServer((asked, response) => {
  cutIfSlow(asked, PACE)
  asked.resume().once('end', () => setTimeout(() => response.end('read'), 3 * PACE.everyMs))
})
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(() => {
  server.closeAllConnections()
  server.close()
})

const send = (): { asked: ClientRequest; answer: Promise<string> } => {
  const { port } = server.address() as AddressInfo
  const asked = request({ host: '127.0.0.1', port, method: 'POST', agent: false })
  const answer = new Promise<string>((resolve, reject) => {
    asked.once('error', reject)
    asked.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (some: string) => (body += some))
      response.once('end', () => resolve(body)).once('error', reject)
    })
  })
  return { asked, answer }
}

test('a body that hardly comes is cut', async () => {
  const { asked, answer } = send()
  const drip = setInterval(() => asked.write('x'), PACE.everyMs / 8)
  await assert.rejects(answer).finally(() => clearInterval(drip))
})

test('a body that comes may take long, and its answer too', async () => {
  const { asked, answer } = send()
  for (let part = 0; part < 20; part++) {
    asked.write(Buffer.alloc(10_000))
    await pause(PACE.everyMs / 8)
  }
  asked.end()
  assert.equal(await answer, 'read')
})
