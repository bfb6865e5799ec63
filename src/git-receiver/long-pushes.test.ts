import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import net, { type AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { config } from '#/foundation/config.ts'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
} from '../../test/support/git-platform.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'

/** Limits of hours are seconds here; what takes minutes takes longer than they are. */
const SILENCE_MS = 12_000
Object.assign(config, { bodyLookMs: 500, gitSilenceMs: SILENCE_MS })

const host = await aGitPlatform(aTestPlatform)
await host.startWorker()

/** Every client through it sends no faster than so many bytes a second. Returns its port. */
const aSlowLine = async (to: number, bytesPerSecond: number): Promise<number> => {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(to, '127.0.0.1')
    for (const socket of [client, upstream])
      sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
    upstream.pipe(client)
    client.on('data', (bytes) => {
      client.pause()
      upstream.write(bytes)
      setTimeout(() => client.resume(), (bytes.length * 1000) / bytesPerSecond)
    })
    client.on('end', () => upstream.end())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

test('a build that prints nothing for longer than a client may be silent loses nobody', async () => {
  const buildpack = await aBuildpack(`sleep ${(2 * SILENCE_MS) / 1000}; echo "       at last"`)
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', host.urlOf(app.name), 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  assert.match(pushed.stderr, /at last[^]*Released v2/)
})

test('a build that prints all the time is followed to its end', async () => {
  const print = 'n=0; while [ $n -lt 150 ]; do n=$((n + 1)); echo "       step $n"; sleep 0.1; done'
  const app = await anAppBuiltBy(host, await aBuildpack(print))
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const pushed = await copy.git('push', host.urlOf(app.name), 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  for (const step of [1, 75, 150])
    assert.ok(
      pushed.stderr.includes(`step ${step}\n`) || pushed.stderr.includes(`step ${step} `),
      `step ${step}`,
    )
})

test('a large pack over a slow line arrives, however many looks it takes', async () => {
  const app = await anAppBuiltBy(host, await aBuildpack())
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  await writeFile(join(copy.dir, 'noise'), randomBytes(6_000_000))
  await copy.commit({})
  const url = new URL(host.urlOf(app.name))
  url.port = String(await aSlowLine(Number(url.port), 400_000))
  const began = performance.now()
  const pushed = await copy.git('push', url.href, 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  assert.ok(performance.now() - began > SILENCE_MS, 'the line was not slow')
})

test('a client that stops in the middle of its pack is cut', async () => {
  const app = await anAppBuiltBy(host, await aBuildpack())
  const { hostname, port, pathname, password } = new URL(host.urlOf(app.name))
  const socket = net.connect(Number(port), hostname)
  const authorization = Buffer.from(`any:${password}`).toString('base64')
  socket.write(
    `POST ${pathname}/git-receive-pack HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Basic ${authorization}\r\nContent-Type: application/x-git-receive-pack-request\r\nContent-Length: 100000\r\n\r\n00a4`,
  )
  await new Promise<void>((resolve) =>
    socket
      .resume()
      .on('error', () => {})
      .on('close', () => resolve()),
  )
})
