import assert from 'node:assert/strict'
import type http from 'node:http'
import { test } from 'node:test'
import {
  aDyno,
  aRoute,
  aRouter,
  ask,
  converse,
  PATIENCE,
  type TestRouter,
} from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const echo: http.RequestListener = (request, response) => {
  let body = ''
  request
    .on('data', (part: Buffer) => (body += part.toString()))
    .on('end', () => response.end(`${request.method} ${body}`))
}

const starting = aRoute('a.test', [], { id: 'a', isStarting: true })
const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

/** Two clients wait as long as the app starts: the third would be one too many. */
const untilTwoWait = (router: TestRouter): Promise<unknown> =>
  until(async () => {
    const { status } = await ask(router.port, 'a.test')
    return status === 503 && router.lines.at(-1)?.text.includes('code=H11')
  }, PATIENCE)

test('requests to an app that starts wait for it, body and all', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [starting], limits: { requestsPerApp: 2 } })
  using first = await converse(router.port)
  using second = await converse(router.port)
  first.say(GET)
  second.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 200000\r\n\r\n')
  second.say('x'.repeat(100_000))
  await untilTwoWait(router)
  second.say('x'.repeat(100_000))
  await router.source.set({ ...starting, dynos: [dyno.route], isStarting: false })
  await first.hear('GET ')
  await second.hear(`POST ${'x'.repeat(200_000)}`)
  first.say(GET)
  await first.hear('GET ')
})

test('an app that does not come up in time, or fails before, is told apart', async () => {
  await using router = await aRouter({ routes: [starting], limits: { startingMs: 300 } })
  assert.equal((await ask(router.port, 'a.test')).status, 503)
  assert.match(
    router.lines[0]?.text ?? '',
    /^at=error code=H20 desc="App boot timeout" .* dyno= connect= service= status=503 /,
  )
  const endings: [Partial<typeof starting>, string][] = [
    [{ isStarting: false, crashed: true }, 'H10'],
    [{ isStarting: false }, 'H14'],
    [{ maintenance: true }, 'H80'],
  ]
  await using patient = await aRouter({ limits: { requestsPerApp: 2 } })
  for (const [change, code] of endings) {
    await patient.source.set(starting)
    using first = await converse(patient.port)
    using second = await converse(patient.port)
    for (const client of [first, second]) client.say(GET)
    await untilTwoWait(patient)
    await patient.source.set({ ...starting, ...change })
    for (const client of [first, second]) await client.hear('HTTP/1.1 503 ')
    assert.match(patient.lines.at(-1)?.text ?? '', new RegExp(`code=${code} `))
  }
})

test('who waits for an app that is destroyed, or goes away, is not waited for', async () => {
  await using router = await aRouter({ routes: [starting], limits: { requestsPerApp: 2 } })
  using first = await converse(router.port)
  using second = await converse(router.port)
  for (const client of [first, second]) client.say(GET)
  await untilTwoWait(router)
  second.socket.destroy()
  await until(() => router.lines.some(({ text }) => text.includes('code=H27')), PATIENCE)
  using third = await converse(router.port)
  third.say(GET)
  await untilTwoWait(router)
  await router.source.remove('a')
  for (const client of [first, third]) await client.hear('HTTP/1.1 503 ')
})
