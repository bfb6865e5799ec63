import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUCKETS, boundsOf, bucketOf, percentileOf } from './histogram.ts'

test('each value is in the bucket whose bounds hold it, and buckets follow one another without gaps', () => {
  for (let bucket = 1; bucket < BUCKETS; bucket++)
    assert.equal(boundsOf(bucket)[0], boundsOf(bucket - 1)[1])
  for (let ms = 0.1; ms < 131_000; ms *= 1.013) {
    const [low, high] = boundsOf(bucketOf(ms))
    assert.ok(low <= ms && ms < high, `${ms} is not in ${low} to ${high}`)
  }
})

test('what is no duration, or longer than any, has a bucket', () => {
  for (const ms of [-1, 0, Number.NaN]) assert.equal(bucketOf(ms), 0)
  for (const ms of [131_072, 1e9, Infinity]) assert.equal(bucketOf(ms), BUCKETS - 1)
})

test('percentiles are off by 6 % at most', () => {
  const values = Array.from({ length: 5_000 }, (_, index) => 3 + ((index * 7919) % 5_000) / 4)
  const counts = new Map<number, number>()
  for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1)
  const sorted = values.toSorted((a, b) => a - b)
  for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0
    const found = percentileOf(counts, share) ?? 0
    assert.ok(Math.abs(found / exact - 1) < 0.13, `${share}: ${found} for ${exact}`)
  }
  assert.equal(percentileOf(new Map(), 0.5), null)
})
