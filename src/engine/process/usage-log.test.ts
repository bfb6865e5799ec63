import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usageLines } from './usage-log.ts'

const dyno = { id: 'd1', appId: 'a1', name: 'web.1', memoryBytes: 512 * 2 ** 20 }
const usage = { cpuMs: 0, memoryBytes: 20 * 2 ** 20, load: 1.234, loads: [1.234, 0.5, 0] }

test('load and memory are told in the form of Heroku’s log-runtime-metrics', () => {
  const stat = { cacheBytes: 2 ** 20, swapBytes: 2 ** 19, pagesIn: 300, pagesOut: 200 }
  assert.deepEqual(usageLines(dyno, usage, stat), [
    'source=web.1 dyno=heroku.a1.d1 sample#load_avg_1m=1.23 sample#load_avg_5m=0.50 sample#load_avg_15m=0.00',
    'source=web.1 dyno=heroku.a1.d1 sample#memory_total=21.50MB sample#memory_rss=20.00MB sample#memory_cache=1.00MB sample#memory_swap=0.50MB sample#memory_pgpgin=300pages sample#memory_pgpgout=200pages sample#memory_quota=512.00MB',
  ])
})

test('without cgroups only the memory of the processes is known', () => {
  assert.match(
    usageLines(dyno, usage)[1] ?? '',
    /memory_total=20\.00MB sample#memory_rss=20\.00MB sample#memory_cache=0\.00MB sample#memory_swap=0\.00MB sample#memory_quota=/,
  )
})
