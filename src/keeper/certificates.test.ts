import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { areCertificatesGood, certificatePaths } from './check-certificates.ts'
import { issueCertificates } from './issue-certificates.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-test-certificates-'))
  await issueCertificates(dir, 'apps.example')
})
after(() => rm(dir, { recursive: true, force: true }))

/** What a client that trusts just our authority gets from a server with our certificate, when it wants that name. */
const getOverTls = async (servername: string): Promise<string> => {
  const paths = certificatePaths(dir)
  const server = createServer(
    { key: await readFile(paths.serverKey), cert: await readFile(paths.server) },
    (_request, response) => response.end('hello'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ca = await readFile(paths.authority)
  try {
    return await new Promise<string>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, ca, agent: false }
      const named = servername === '127.0.0.1' ? options : { ...options, servername }
      request(named, (response) => {
        response.setEncoding('utf8').on('data', resolve).on('error', reject)
      })
        .on('error', reject)
        .end()
    })
  } finally {
    server.close()
  }
}

test('a client that trusts the authority reaches the platform by each of its names', async () => {
  for (const name of ['localhost', 'apps.example', 'shop.apps.example', '127.0.0.1'])
    assert.equal(await getOverTls(name), 'hello', name)
})

test('a name that is not ours is not covered', async () => {
  await assert.rejects(getOverTls('example.com'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

test('keys are for their owner alone', async () => {
  const { authorityKey, serverKey } = certificatePaths(dir)
  for (const path of [authorityKey, serverKey])
    assert.equal((await stat(path)).mode & 0o777, 0o600, path)
})

test('what is good stays, and another domain asks for another certificate', () => {
  assert.ok(areCertificatesGood(dir, 'apps.example'))
  assert.ok(!areCertificatesGood(dir, 'other.example'))
})

test('a renewal keeps the authority, so that clients go on trusting', async () => {
  const { authority, server } = certificatePaths(dir)
  const [authorityBefore, serverBefore] = [await readFile(authority), await readFile(server)]
  await issueCertificates(dir, 'apps.example')
  assert.deepEqual(await readFile(authority), authorityBefore)
  assert.notDeepEqual(await readFile(server), serverBefore)
  assert.equal(await getOverTls('localhost'), 'hello')
})

test('a certificate whose key a crash has left behind is issued anew', async () => {
  const { serverKey, authorityKey } = certificatePaths(dir)
  await writeFile(serverKey, await readFile(authorityKey))
  assert.ok(!areCertificatesGood(dir, 'apps.example'))
  await issueCertificates(dir, 'apps.example')
  assert.ok(areCertificatesGood(dir, 'apps.example'))
})

test('it is renewed two months before it ends, and no client finds it valid for too long', async () => {
  const certificate = new X509Certificate(await readFile(certificatePaths(dir).server))
  const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000
  assert.ok(days <= 825, String(days))
})
