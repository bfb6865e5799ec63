import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LogQueue } from './log-queue.ts'

const LIMITS = { bytesPerSecond: 1_000, pendingBytes: 10_000 }
const record = 'x'.repeat(90) // 100 bytes with what is added

const offerMany = (queue: LogQueue, count: number, now = 0): void => {
  for (let n = 0; n < count; n += 1) queue.offer(record, now)
}

test('an app may log so much at once, and what is more is dropped and counted', () => {
  const queue = new LogQueue(LIMITS, { bytes: 0, limitBytes: 1e6 })
  offerMany(queue, 130)
  assert.equal(queue.take(Infinity).length, 100)
  assert.equal(queue.gap?.lines, 30)
})

test('after that it may log at its rate', () => {
  const queue = new LogQueue(LIMITS, { bytes: 0, limitBytes: 1e6 })
  offerMany(queue, 100)
  queue.settle(queue.take(Infinity))
  offerMany(queue, 50, 2_000)
  assert.equal(queue.take(Infinity).length, 20)
})

test('a slow disk bounds the memory of an app', () => {
  const queue = new LogQueue(LIMITS, { bytes: 0, limitBytes: 1e6 })
  offerMany(queue, 100)
  const taken = queue.take(Infinity)
  queue.offer(record, 60_000)
  assert.ok(queue.isEmpty)
  queue.settle(taken)
  queue.offer(record, 60_000)
  assert.ok(!queue.isEmpty)
})

test('apps that use up the memory of all leave each other one its share', () => {
  const limits = { bytesPerSecond: 1e9, pendingBytes: 1e9 }
  const pool = { bytes: 0, limitBytes: 200_000 }
  const [flood, quiet] = [new LogQueue(limits, pool), new LogQueue(limits, pool)]
  offerMany(flood, 3_000)
  offerMany(quiet, 100)
  assert.equal(flood.take(Infinity).length, 2_000)
  assert.equal(quiet.take(Infinity).length, 100)
})

test('what is dropped while a gap is being stated is another gap', () => {
  const queue = new LogQueue(LIMITS, { bytes: 0, limitBytes: 1e6 })
  queue.drop(3, 'disk')
  const gap = queue.gap
  queue.drop(2, 'disk')
  if (gap) queue.state(gap)
  assert.equal(queue.gap?.lines, 2)
})

test('a batch has the oldest records, at least one', () => {
  const queue = new LogQueue(LIMITS, { bytes: 0, limitBytes: 1e6 })
  for (const text of ['a', 'b', 'c']) queue.offer(text, 0)
  assert.deepEqual(queue.take(1), ['a'])
  assert.deepEqual(queue.take(Infinity), ['b', 'c'])
})
