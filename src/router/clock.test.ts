import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import { converse, PATIENCE } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'
import { Clock } from './clock.ts'

/** As a machine that is busy with something else. */
const holdUp = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('a pause of the whole process moves the clock on by one tick', async () => {
  const clock = new Clock(10)
  const seen: number[] = []
  clock.watched.add({ check: (now) => seen.push(now) })
  clock.start()
  holdUp(500)
  await until(() => seen.length > 0, PATIENCE)
  clock.stop()
  assert.equal(seen[0], 10)
})

test('what has come already is read before a deadline is looked at, however late that is', async () => {
  const order: string[] = []
  const server = net.createServer((socket) => socket.on('data', () => order.push('data')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  using client = await converse(bound !== null && typeof bound === 'object' ? bound.port : 0)
  client.say('first')
  await until(() => order.length === 1, PATIENCE)
  const clock = new Clock(10)
  clock.watched.add({ check: () => order.push('deadline') })
  clock.start()
  client.say('second')
  holdUp(100)
  await until(() => order.includes('deadline'), PATIENCE)
  clock.stop()
  server.close()
  assert.deepEqual(order.slice(0, 3), ['data', 'data', 'deadline'])
})
