import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { aWantedDyno } from '#/engine/engine-conformance.ts'
import type { UsageMinute } from '#/platform/dyno/engine.ts'
import { aProcessEngine } from '../../../test/support/process-engine.ts'
import { until } from '../../../test/support/until.ts'
import { UsageRecords } from './usage.ts'

const engine = await aProcessEngine({ examineEveryMs: 200 })
after(() => engine.stopAll())

const LIMIT = { limitMs: 30_000 }

/** The last word of each minute, summed. */
const usageOf = (appId: string): UsageMinute | undefined => {
  const last = new Map(
    engine.reports
      .flatMap(({ usage }) => usage ?? [])
      .filter((one) => one.appId === appId)
      .map((one) => [one.minute, one]),
  )
  const minutes = [...last.values()]
  const sum = (of: (one: UsageMinute) => number): number =>
    minutes.reduce((total, one) => total + of(one), 0)
  const first = minutes[0]
  return (
    first && {
      ...first,
      samples: sum(({ samples }) => samples),
      cpuMs: sum(({ cpuMs }) => cpuMs),
      memoryMaxBytes: Math.max(...minutes.map(({ memoryMaxBytes }) => memoryMaxBytes)),
      loadSum: sum(({ loadSum }) => loadSum),
    }
  )
}

test('what dynos use is told by process type: CPU, memory and load', async () => {
  const busy = aWantedDyno({ name: 'worker.1', command: 'while :; do :; done' })
  const idle = aWantedDyno({ name: 'clock.1', command: 'sleep 1000' })
  engine.apply([busy, idle])
  const used = await until(() => {
    const usage = usageOf(busy.appId)
    return usage && usage.cpuMs > 500 && usage.samples > 5 ? usage : undefined
  }, LIMIT)
  assert.equal(used.processType, 'worker')
  assert.ok(used.memoryMaxBytes > 100_000 && used.memoryMaxBytes < 100_000_000)
  assert.ok(used.loadSum > 0)
  const quiet = await until(() => usageOf(idle.appId), LIMIT)
  assert.ok(quiet.cpuMs < 200, `${quiet.cpuMs} ms`)
  engine.apply([])
})

test('minutes add up over the dynos of a type, and are told again only when they have grown', () => {
  const records = new UsageRecords()
  const at = 30_000_000 * 60_000
  const usage = { cpuMs: 100, memoryBytes: 50, load: 1, loads: [1, 1, 1] }
  records.add({ appId: 'a', name: 'web.1' }, usage, at)
  records.add({ appId: 'a', name: 'web.2' }, { ...usage, memoryBytes: 70 }, at + 1)
  records.add({ appId: 'a', name: 'web.1' }, usage, at + 60_000)
  const [first, second] = records.news(at + 60_000)
  assert.equal(first?.samples, 2)
  assert.equal(first.cpuMs, 200)
  assert.deepEqual([first.memorySumBytes, first.memoryMaxBytes], [120, 70])
  assert.equal(second?.samples, 1)
  assert.deepEqual(records.news(at + 60_001), [])
  assert.equal(records.all().length, 2)
})
