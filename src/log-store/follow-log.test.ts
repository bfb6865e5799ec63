import assert from 'node:assert/strict'
import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { aLine, aLogsDir, aWriterProcess, type LogsDir } from '../../test/support/logs.ts'
import { until } from '../../test/support/until.ts'
import { followLog, type FollowOptions } from './follow-log.ts'
import { formatCursor, parseCursor, type LogCursor } from './log-cursor.ts'
import { openLogWriter } from './log-writer.ts'
import { readLog } from './read-log.ts'
import { removeLog } from './remove-log.ts'
import type { StoredLine } from './stored-line.ts'

type Tail = AsyncDisposable & {
  lines: StoredLine[]
  texts: () => string[]
  cursor: () => LogCursor
  ended: Promise<void>
}

/** Follows a log, as fast as it goes, until it is disposed of. */
const aTail = (logsDir: LogsDir, appId: string, options: FollowOptions): Tail => {
  const abort = new AbortController()
  const lines: StoredLine[] = []
  let cursor: LogCursor = new Map()
  const follow = async (): Promise<void> => {
    for await (const batch of followLog(logsDir.path, appId, options, abort.signal)) {
      lines.push(...batch.lines)
      cursor = batch.cursor
    }
  }
  const ended = follow()
  return {
    lines,
    texts: () => lines.map(({ text }) => text),
    cursor: () => cursor,
    ended,
    [Symbol.asyncDispose]: async () => {
      abort.abort()
      await ended
    },
  }
}

const FROM_THE_START: LogCursor = new Map()
const LIMIT = { limitMs: 30_000 }
const aWriter = (logsDir: LogsDir, name = 'engine', segmentBytes = 10_000) => {
  const writer = openLogWriter(logsDir.path, name, { segmentBytes, budgetBytes: 200_000 })
  return { ...writer, [Symbol.asyncDispose]: () => writer.stop() }
}

test('a tail shows what comes after it was opened, of old and new writers', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using engine = aWriter(logsDir)
  engine.append(appId, aLine('before'))
  await engine.flush()
  const { cursor } = await readLog(logsDir.path, appId, { lines: 0 })
  await using tail = aTail(logsDir, appId, { after: cursor })
  engine.append(appId, aLine('after'))
  await until(() => tail.texts().includes('after'), LIMIT)
  await using router = aWriter(logsDir, 'router')
  router.append(appId, aLine('of the router'))
  await until(() => tail.texts().includes('of the router'), LIMIT)
  assert.deepEqual(tail.texts(), ['after', 'of the router'])
})

test('a tail opened before the first line sees the first line', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using tail = aTail(logsDir, appId, {})
  await using engine = aWriter(logsDir)
  engine.append(appId, aLine('the first'))
  await until(() => tail.texts().includes('the first'), LIMIT)
})

test('a tail loses nothing while several processes write, rotate their files and die', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using tail = aTail(logsDir, appId, { after: FROM_THE_START })
  await using engine = aWriterProcess(logsDir, {
    name: 'engine',
    appId,
    howMany: 10_000,
    everyMs: 2,
  })
  await using router = aWriterProcess(logsDir, {
    name: 'router',
    appId,
    howMany: 10_000,
    everyMs: 2,
  })
  await Promise.all([engine.written, router.written])
  engine.child.kill('SIGKILL')
  await using again = aWriterProcess(logsDir, { name: 'engine', appId, howMany: 1_000 })
  await again.written
  await until(() => tail.lines.length >= 21_000, LIMIT)
  const byStream = Map.groupBy(tail.lines, ({ stream }) => stream)
  assert.equal(byStream.size, 2)
  for (const lines of byStream.values())
    assert.deepEqual(
      lines.map(({ number }) => number),
      lines.map((_, at) => at + 1),
    )
})

test('a reader that comes back with its cursor gets each line once', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using writer = aWriterProcess(logsDir, {
    name: 'engine',
    appId,
    howMany: 5_000,
    everyMs: 2,
  })
  const seen: StoredLine[] = []
  let cursor = FROM_THE_START
  while (seen.length < 5_000) {
    const abort = new AbortController()
    for await (const batch of followLog(logsDir.path, appId, { after: cursor }, abort.signal)) {
      seen.push(...batch.lines)
      cursor = parseCursor(formatCursor(batch.cursor)) ?? FROM_THE_START
      break
    }
  }
  await writer.written
  assert.deepEqual(
    seen.map(({ number }) => number),
    seen.map((_, at) => at + 1),
  )
})

test('half a line is not shown before its other half is there', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using engine = aWriter(logsDir)
  engine.append(appId, aLine('one'))
  await engine.flush()
  await using tail = aTail(logsDir, appId, { after: FROM_THE_START })
  await until(() => tail.lines.length === 1, LIMIT)
  const folder = join(logsDir.path, appId)
  const [name = ''] = await readdir(folder)
  await appendFile(join(folder, name), '2 1767315845123 app web.1 half ')
  await using router = aWriter(logsDir, 'router')
  router.append(appId, aLine('meanwhile'))
  await until(() => tail.lines.length === 2, LIMIT)
  await appendFile(join(folder, name), 'and half\n')
  await until(() => tail.lines.length === 3, LIMIT)
  assert.deepEqual(tail.texts(), ['one', 'meanwhile', 'half and half'])
})

test('a reader that was overtaken by the removal of old lines is told how many it missed', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using engine = aWriter(logsDir)
  engine.append(appId, aLine('line 1'))
  await engine.flush()
  const { cursor } = await readLog(logsDir.path, appId, { lines: 0 })
  for (let n = 2; n <= 20_000; n += 1) {
    engine.append(appId, aLine(`line ${n}`))
    if (n % 200 === 0) await engine.flush()
  }
  await using tail = aTail(logsDir, appId, { after: cursor, filter: { dyno: 'web' } })
  await until(() => tail.texts().at(-1) === 'line 20000', LIMIT)
  const [gap, ...rest] = tail.texts()
  const missed = Number(/L11 .* dropped (\d+) messages/.exec(gap ?? '')?.[1])
  assert.ok(missed > 10_000, gap)
  assert.equal(missed + rest.length, 19_999)
})

test('a tail shows only what its filter lets through', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using engine = aWriter(logsDir)
  await using tail = aTail(logsDir, appId, { after: FROM_THE_START, filter: { dyno: 'worker' } })
  engine.append(appId, aLine('web', { dyno: 'web.1' }))
  engine.append(appId, aLine('worker', { dyno: 'worker.1' }))
  await until(() => tail.lines.length > 0, LIMIT)
  assert.deepEqual(tail.texts(), ['worker'])
  assert.deepEqual([...tail.cursor().values()], [2])
})

test('a tail ends when the log is removed', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using engine = aWriter(logsDir)
  engine.append(appId, aLine('line'))
  await using tail = aTail(logsDir, appId, { after: FROM_THE_START })
  await until(() => tail.lines.length > 0, LIMIT)
  await removeLog(logsDir.path, appId)
  await tail.ended
})

test('a cursor that we never gave is not one', () => {
  for (const text of [
    '',
    'x',
    'engine:1',
    'engine.0000000g:1',
    '../x.00000000:1',
    `${'engine.00000000:1,'.repeat(1_000)}`,
  ])
    assert.equal(parseCursor(text), undefined)
  assert.deepEqual(parseCursor('engine.00000000:12'), new Map([['engine.00000000', 12]]))
})
