import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, test } from 'node:test'
import { createApiClient } from './api-client.ts'

const servers: Server[] = []
after(() => servers.forEach((server) => server.close()))

/** Answers the requests as they come, in this way each: the last way is that of all that follow. */
const anApi = async (...ways: ('break off' | number)[]) => {
  const keys: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const way = ways[Math.min(keys.length, ways.length - 1)]
    keys.push(request.headers['idempotency-key']?.toString())
    if (typeof way !== 'number') return void request.socket.destroy()
    response.writeHead(way, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ id: 'some_id', message: 'Some words.' }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { keys, api: createApiClient({ url: `http://127.0.0.1:${port}`, token: 'token' }) }
}

test('what is to happen once is asked again under one key while no answer comes', async () => {
  const { keys, api } = await anApi('break off', 503, 201)
  assert.deepEqual(await api.postOnce('/pipeline-promotions', {}), {
    id: 'some_id',
    message: 'Some words.',
  })
  assert.equal(keys.length, 3)
  assert.equal(new Set(keys).size, 1)
  assert.match(keys[0] ?? '', /^[0-9a-f-]{36}$/)
})

test('a refusal is an answer, and each thing has a key of its own', async () => {
  const { keys, api } = await anApi(422)
  for (let asked = 0; asked < 2; asked++)
    await assert.rejects(api.postOnce('/pipeline-promotions', {}), { status: 422, id: 'some_id' })
  assert.equal(new Set(keys).size, 2)
})

test('anything else is asked once, and says so if nothing answers', async () => {
  const { keys, api } = await anApi('break off')
  await assert.rejects(api.post('/apps', {}), /Nothing answers at .* Is the platform up/)
  assert.deepEqual(keys, [undefined])
})
