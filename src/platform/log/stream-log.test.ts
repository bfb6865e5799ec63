import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import { aLine, aLogsDir } from '../../../test/support/logs.ts'
import { streamLog } from './stream-log.ts'

const SESSION = { lines: 10, tail: true, filter: {} }

test('a silent tail is kept alive by comments', async () => {
  await using logsDir = await aLogsDir()
  const options = { logsDir: logsDir.path, appId: newId(), session: SESSION }
  const abort = new AbortController()
  const events = streamLog({ ...options, heartbeatMs: 5 }, abort.signal)
  for (let n = 0; n < 3; n += 1)
    assert.deepEqual(await events.next(), { done: false, value: ':\n\n' })
  abort.abort()
  await events.return(undefined)
})

test('a client that reads slowly misses what was removed meanwhile, and is told how much', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  const writer = openLogWriter(logsDir.path, 'engine', {
    segmentBytes: 20_000,
    budgetBytes: 100_000,
  })
  writer.append(appId, aLine('line 1'))
  await writer.flush()
  const options = { logsDir: logsDir.path, appId, session: SESSION }
  const events = streamLog(options, new AbortController().signal)
  let seen = (await events.next()).value ?? ''
  for (let n = 2; n <= 20_000; n += 1) {
    writer.append(appId, aLine(`line ${n}`))
    if (n % 100 === 0) await writer.flush()
  }
  while (!seen.endsWith('line 20000\n\n')) seen += (await events.next()).value ?? ''
  await events.return(undefined)
  await writer.stop()
  const lines = seen.match(/^data: .* app\[web\.1\]: line \d+$/gm) ?? []
  const gaps = [...seen.matchAll(/heroku\[logplex\]: Error L11 .* dropped (\d+) messages\.$/gm)]
  const missed = gaps.reduce((sum, [, count]) => sum + Number(count), 0)
  assert.ok(missed > 10_000)
  assert.equal(lines.length + missed, 20_000)
  assert.ok((await readdir(join(logsDir.path, appId))).length < 20)
})
