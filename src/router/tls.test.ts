import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import tls from 'node:tls'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { run } from '#/foundation/exec.ts'
import { newId } from '#/foundation/ids.ts'
import type { ServedCertificate } from '#/platform/certificate/certificate-feed.ts'
import { aCertificate, aChain, type TestCertificate } from '../../test/support/certificates.ts'
import { aDyno, aDynoOf, aRoute, aRouter, ask, PATIENCE } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const own = await aCertificate({ names: ['*.apps.test'] })

const served = (host: string, chain: string, key: string): ServedCertificate => ({
  id: newId(),
  hosts: [host],
  chain,
  key,
})

/** A client that believes this authority alone, and checks the name. */
const askSecurely = (
  port: number,
  host: string,
  { ca, ...given }: tls.ConnectionOptions & { ca: string; path?: string; agent?: https.Agent },
): Promise<{ status: number; body: string; headers: http.IncomingHttpHeaders }> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: host, ca, agent: false as const }
    https
      .get({ ...options, headers: { host: `${host}:${port}` }, ...given }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (some: string) => (body += some))
        response
          .on('end', () =>
            resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
          )
          .on('error', reject)
      })
      .on('error', reject)
  })

const nameShown = (port: number, given: tls.ConnectionOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = tls.connect(
      { host: '127.0.0.1', port, rejectUnauthorized: false, ...given },
      () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      },
    )
    socket.on('error', reject)
  })

const tell: http.RequestListener = (request, response) =>
  response.end(JSON.stringify(request.headers))

test('a domain is served with its own certificate, chain and all; others with the platform’s', async () => {
  await using dyno = await aDyno(tell)
  const routes = [aRoute('a.test', [dyno.route]), aRoute('b.apps.test', [dyno.route])]
  await using router = await aRouter({ routes, certificate: own })
  const { root, chain, key } = await aChain(['a.test'])
  await router.source.certify(served('a.test', chain, key))
  const { securePort: port } = router
  const mine = await askSecurely(port, 'a.test', { ca: root.certificate })
  assert.equal(mine.status, 200)
  const seen = JSON.parse(mine.body)
  assert.equal(seen['x-forwarded-proto'], 'https')
  assert.equal(seen['x-forwarded-port'], String(port))
  const other = await askSecurely(port, 'b.apps.test', { ca: own.certificate })
  assert.equal(other.status, 200)
  assert.equal(await nameShown(port, { servername: 'nobody.example' }), '*.apps.test')
  assert.equal(await nameShown(port, {}), '*.apps.test')
  assert.match(router.lines[0]?.text ?? '', /protocol=https tls=true tls_version=tls1\.3$/)
})

test('a wildcard serves the names one label below it', async () => {
  await using dyno = await aDyno(tell)
  const routes = [aRoute('*.shop.test', [dyno.route]), aRoute('own.shop.test', [])]
  await using router = await aRouter({ routes, certificate: own })
  const { root, chain, key } = await aChain(['*.shop.test'])
  await router.source.certify(served('*.shop.test', chain, key))
  const { securePort: port } = router
  const trusting = { ca: root.certificate }
  assert.equal((await askSecurely(port, 'a.shop.test', trusting)).status, 200)
  assert.equal((await askSecurely(port, 'A.shop.test', trusting)).status, 200)
  assert.equal((await askSecurely(port, 'own.shop.test', trusting)).status, 503, 'its own app')
  assert.equal((await ask(router.port, 'a.b.shop.test')).status, 404)
  assert.equal((await ask(router.port, 'shop.test')).status, 404)
  await router.source.change({ set: [], remove: [routes[0]?.id ?? ''] })
  assert.equal((await ask(router.port, 'a.shop.test')).status, 404)
})

test('TLS 1.2 at least, HTTP/1.1 only, by openssl', async () => {
  await using router = await aRouter({ certificate: own })
  const connect = (...args: string[]) =>
    run('openssl', ['s_client', '-connect', `127.0.0.1:${router.securePort}`, ...args], {
      env: { PATH: process.env['PATH'] ?? '' },
      timeoutMs: 20_000,
    })
  const both = await connect('-alpn', 'h2,http/1.1', '-tls1_2')
  assert.match(both.stdout, /ALPN protocol: http\/1\.1/)
  assert.match(both.stdout, /Protocol *: TLSv1\.2/)
  assert.notEqual((await connect('-tls1_1')).code, 0)
  assert.notEqual((await connect('-alpn', 'h2')).code, 0)
})

test('a certificate is replaced while connections go on', async () => {
  await using dyno = await aDyno((request, response) => response.end(request.url))
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    certificate: own,
  })
  const first = await aCertificate({ names: ['a.test'] })
  const row = served('a.test', first.certificate, first.key)
  await router.source.certify(row)
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  const { securePort: port } = router
  const before = { ca: first.certificate, agent }
  assert.equal((await askSecurely(port, 'a.test', before)).body, '/')
  const second = await aCertificate({ names: ['a.test'] })
  await router.source.certify({ ...row, chain: second.certificate, key: second.key })
  assert.equal((await askSecurely(port, 'a.test', { ...before, path: '/2' })).body, '/2')
  agent.destroy()
  assert.equal((await askSecurely(port, 'a.test', { ca: second.certificate })).status, 200)
  await assert.rejects(askSecurely(port, 'a.test', { ca: first.certificate }))
})

test('one that is no certificate leaves the others be, and no word of it gets out', async () => {
  await using router = await aRouter({ certificate: own })
  await router.source.certify(served('bad.test', 'nonsense', 'nonsense'))
  assert.equal(await nameShown(router.securePort, { servername: 'bad.test' }), '*.apps.test')
})

test('certificates are on disk for a router that nobody feeds, for its user alone', async () => {
  await using dyno = await aDyno(tell)
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    certificate: own,
  })
  const mine = await aCertificate({ names: ['a.test'] })
  await router.source.certify(served('a.test', mine.certificate, mine.key))
  const folder = dataDirPaths(router.source.dir).router
  const path = join(folder, 'certificates.jsonl')
  const isThere = (): Promise<boolean> =>
    readFile(path, 'utf8').then(
      (text) => text.includes('a.test'),
      () => false,
    )
  await until(isThere, PATIENCE)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  assert.ok(!(await readFile(join(folder, 'routes.jsonl'), 'utf8')).includes('PRIVATE'))
  await router.stop()
  await router.source.goAway()
  await using alone = await aRouter({ source: router.source, certificate: own })
  const trusting = { ca: mine.certificate }
  assert.equal((await askSecurely(alone.securePort, 'a.test', trusting)).status, 200)
})

const upload = (port: number, host: string, ca: TestCertificate, body: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { host, 'content-length': body.length }
    const request = https.request(
      { host: '127.0.0.1', port, servername: host, ca: ca.certificate, method: 'POST', headers },
      (response) => {
        let size = 0
        response.on('data', (some: Buffer) => (size += some.length))
        response.on('end', () => resolve(`${response.statusCode} ${size}`)).on('error', reject)
      },
    )
    request.on('error', reject).end(body)
  })

test('large bodies go both ways whole', async () => {
  await using dyno = await aDyno((request, response) => request.pipe(response))
  await using router = await aRouter({
    routes: [aRoute('a.apps.test', [dyno.route])],
    certificate: own,
  })
  const body = Buffer.alloc(5_000_000, 'x')
  const both = [1, 2].map(() => upload(router.securePort, 'a.apps.test', own, body))
  assert.deepEqual(await Promise.all(both), ['200 5000000', '200 5000000'])
})

test('a WebSocket goes through, and is told to close when its dyno goes', async () => {
  const server = http.createServer()
  server.on('upgrade', (_request, socket) =>
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x02hi',
      'latin1',
    ),
  )
  await using dyno = await aDynoOf(server)
  const route = aRoute('a.apps.test', [dyno.route], { drainMs: 300 })
  await using router = await aRouter({ routes: [route], certificate: own })
  const { securePort: port } = router
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    servername: 'a.apps.test',
    ca: own.certificate,
  })
  let heard = ''
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1'))).on('error', () => {})
  socket.write(
    'GET / HTTP/1.1\r\nHost: a.apps.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  )
  await until(() => heard.endsWith('\x81\x02hi'), PATIENCE)
  await router.source.set({ ...route, dynos: [] })
  await until(() => heard.endsWith('\x88\x02\x03\xe9'), PATIENCE)
  socket.destroy()
})

test('whoever says nothing, or no TLS, is not waited for', async () => {
  await using router = await aRouter({ certificate: own, limits: { headMs: 200 } })
  const ends = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = net.connect(router.securePort, '127.0.0.1', () => socket.write(text))
      socket.on('error', () => {}).on('close', () => resolve())
    })
  await Promise.all([ends(''), ends('GET / HTTP/1.1\r\nHost: a\r\n\r\n')])
  await router.stop()
})

test('a stopping router answers what is under way, also over TLS', async () => {
  let letGo: (() => void) | undefined
  await using dyno = await aDyno((_request, response) => {
    letGo = () => response.end('late')
  })
  await using router = await aRouter({
    routes: [aRoute('a.apps.test', [dyno.route])],
    certificate: own,
  })
  const asked = askSecurely(router.securePort, 'a.apps.test', { ca: own.certificate })
  await until(() => letGo !== undefined, PATIENCE)
  const stopped = router.stop()
  letGo?.()
  const { body, headers } = await asked
  assert.equal(body, 'late')
  assert.equal(headers.connection, 'close')
  await stopped
})
