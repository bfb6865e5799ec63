import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { issueCertificates } from '#/keeper/issue-certificates.ts'
import { BuildFailure } from './build.ts'
import { downloadSource } from './download-source.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-test-download-'))
await issueCertificates(dir, 'localhost')
const read = (name: string): Promise<string> => readFile(join(dir, name), 'utf8')
const ca = await read('ca.pem')
const servers: Server[] = []
after(async () => {
  for (const server of servers) server.close().closeAllConnections()
  await rm(dir, { recursive: true, force: true })
})

const aServer = async (listener: RequestListener): Promise<string> => {
  const cert = await read('server.pem')
  const server = createServer({ cert, key: await read('server.key') }, listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://localhost:${(server.address() as AddressInfo).port}`
}

let files = 0
const download = async (url: string, privateHosts = ['localhost']): Promise<string> => {
  const file = join(dir, `${(files += 1)}.tgz`)
  const { signal } = new AbortController()
  await downloadSource(url, file, { limitBytes: 10_000, signal, privateHosts, ca })
  return readFile(file, 'utf8')
}

test('a source is fetched over https, along redirects', async () => {
  const origin = await aServer((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/there' }).end()
    else response.end('the bytes')
  })
  assert.equal(await download(`${origin}/`), 'the bytes')
})

test('a private address is not connected to, by name or by number', async () => {
  let requests = 0
  const origin = await aServer((_request, response) => {
    requests += 1
    response.end('secrets')
  })
  const port = new URL(origin).port
  for (const host of [
    'localhost',
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f.1',
    '2130706433',
  ])
    await assert.rejects(download(`https://${host}:${port}/`, []), /not a public address/, host)
  assert.equal(requests, 0)
})

test('a redirect is judged as the first address was', async () => {
  const inner = await aServer((_request, response) => response.end('secrets'))
  const port = new URL(inner).port
  const outer = await aServer((request, response) => {
    const to = { '/ip': `https://127.0.0.1:${port}/`, '/http': `http://localhost:${port}/` }
    const location = to[request.url as keyof typeof to] ?? request.url
    response.writeHead(302, { location }).end()
  })
  await assert.rejects(download(`${outer}/ip`), /not a public address/)
  await assert.rejects(download(`${outer}/http`), /must be at an https URL/)
  await assert.rejects(download(`${outer}/round`), /too many redirects/)
})

test('what is too large, not there or breaks off fails in words', async () => {
  const origin = await aServer((request, response) => {
    if (request.url === '/large') return response.end(Buffer.alloc(20_000))
    if (request.url === '/part') {
      response.writeHead(200, { 'content-length': 5000 }).write('part')
      return setImmediate(() => response.destroy())
    }
    return response.writeHead(404).end()
  })
  await assert.rejects(download(`${origin}/large`), /more than 10000 bytes/)
  await assert.rejects(download(`${origin}/gone`), /the server answered 404/)
  await assert.rejects(download(`${origin}/part`), BuildFailure)
  await assert.rejects(download('https://localhost:1/'), /could not be fetched/)
})
