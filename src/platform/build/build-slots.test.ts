import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBuildSlots } from './build-slots.ts'

const { signal } = new AbortController()

test('who finds no slot waits for one, in the order of coming', async () => {
  const slots = createBuildSlots(1, 2)
  const give = await slots.take(signal)
  const order: string[] = []
  const first = slots.take(signal).then((mine) => (order.push('first'), mine))
  const second = slots.take(signal).then((mine) => (order.push('second'), mine))
  assert.equal(await slots.take(signal), undefined)
  give?.()
  give?.() // twice is once
  ;(await first)?.()
  ;(await second)?.()
  assert.deepEqual(order, ['first', 'second'])
  assert.ok(await slots.take(signal))
})

test('who is told to stop gives up its place', async () => {
  const slots = createBuildSlots(1, 1)
  const give = await slots.take(signal)
  const stopped = new AbortController()
  const waits = slots.take(stopped.signal)
  stopped.abort(new Error('stopped'))
  await assert.rejects(waits, /stopped/)
  give?.()
  assert.ok(await slots.take(signal))
})
