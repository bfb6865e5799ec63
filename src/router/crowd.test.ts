import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { aDyno, aRoute, aRouter, converse } from '../../test/support/router.ts'
import { Crowd, networkOf } from './crowd.ts'
import { ROUTER_LIMITS, type RouterLimits } from './limits.ts'

const aCrowd = (limits: Partial<RouterLimits>): Crowd => new Crowd({ ...ROUTER_LIMITS, ...limits })
const count = (times: number, attempt: () => boolean): number =>
  Array.from({ length: times }, attempt).filter(Boolean).length

test('an address may open a burst of connections, and then so many a second', () => {
  const crowd = aCrowd({ connectsPerAddress: 10 })
  const open = (address: string, now: number) => (): boolean => {
    const visitor = crowd.enter(address, now)
    if (visitor) crowd.leave(visitor)
    return visitor !== undefined
  }
  assert.equal(count(100, open('10.0.0.1', 0)), 50)
  assert.equal(count(100, open('10.0.0.2', 0)), 50, 'others are not to blame')
  assert.equal(count(100, open('10.0.0.1', 1_000)), 10)
  crowd.check(60_000)
  assert.equal(count(100, open('10.0.0.1', 60_000)), 50)
})

test('a network of IPv6 is one visitor', () => {
  const crowd = aCrowd({ connectionsPerAddress: 2 })
  assert.ok(crowd.enter('2001:db8:1:2::1', 0))
  assert.ok(crowd.enter('2001:db8:1:2:ffff::', 0))
  assert.equal(crowd.enter('2001:db8:1:2::9', 0), undefined)
  assert.ok(crowd.enter('2001:db8:1:3::1', 0))
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0')
  assert.equal(networkOf('fe80::'), 'fe80:0:0:0')
  assert.equal(networkOf('::'), '0:0:0:0')
  assert.equal(networkOf('1:2:3:4:5:6:7:8'), '1:2:3:4')
})

test('loopback and proxies that are named stand for many', () => {
  const crowd = aCrowd({ connectsPerAddress: 1, trustedAddresses: ['10.0.0.9'] })
  for (const address of ['127.0.0.1', '::1', '10.0.0.9'])
    assert.equal(
      count(100, () => crowd.enter(address, 0) !== undefined),
      100,
    )
  assert.equal(crowd.size, 300)
})

test('requests have an allowance of their own, without limit where none is set', () => {
  const asked = (requestsPerAddress: number): number => {
    const visitor = aCrowd({}).enter('10.0.0.1', 0)
    return count(100, () => visitor?.asked.take(0, requestsPerAddress) === true)
  }
  assert.equal(asked(4), 20)
  assert.equal(asked(0), 100)
})

const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.internal === false && one.family === 'IPv4')?.address
const skip = outside === undefined && 'this machine has no address but loopback'

test('whoever asks too much is told so, on the connection and before it', { skip }, async () => {
  await using dyno = await aDyno((_, response) => response.end('in'))
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    host: '0.0.0.0',
    limits: { requestsPerAddress: 1, connectsPerAddress: 1, sweepMs: 60_000 },
  })
  using client = await converse(router.port, outside)
  for (let count = 0; count < 5; count++) {
    client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await client.hear('\r\n\r\nin')
  }
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(await client.over(), /HTTP\/1\.1 429 Too Many Requests\r\n[^]*Retry-After: 1\r\n/)
  assert.match(
    router.lines.at(-1)?.text ?? '',
    /^at=warning desc="Too many requests" method=GET .* dyno= connect= service= status=429 bytes=[1-9]/,
  )
  const others = await Promise.all([1, 2, 3, 4].map(() => converse(router.port, outside)))
  using refused = await converse(router.port, outside)
  refused.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(await refused.over(), /^HTTP\/1\.1 503 /)
  for (const other of others) other[Symbol.dispose]()
  using trusted = await converse(router.port)
  for (let count = 0; count < 9; count++) {
    trusted.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await trusted.hear('\r\n\r\nin')
  }
})

/** Connects so many times at once, and says how many the kernel lets in: those for whom there is no room wait in vain. */
const RUSH = `
const [port, many] = process.argv.slice(1).map(Number)
let connected = 0
const say = () => process.exit(console.log(connected))
for (let count = 0; count < many; count++)
  require('node:net').connect(port, '127.0.0.1', () => ++connected === many && say()).on('error', () => {})
setTimeout(say, 10_000)
`

test('a thousand who come while the router is busy wait for their turn', async (t) => {
  const most = Number(readFileSync('/proc/sys/net/core/somaxconn', 'latin1'))
  if (most < 1_000) return t.skip(`this machine lets only ${most} connections wait`)
  await using router = await aRouter({ routes: [] })
  // Nothing else happens in this process, so the router accepts nobody meanwhile.
  const rush = spawnSync(process.execPath, ['-e', RUSH, String(router.port), '1000'])
  assert.equal(Number(rush.stdout), 1_000, rush.stderr.toString())
})
