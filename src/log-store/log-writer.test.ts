import assert from 'node:assert/strict'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { aLine, aLogsDir, aWriterProcess, type LogsDir } from '../../test/support/logs.ts'
import { until } from '../../test/support/until.ts'
import { openLogWriter, type LogWriterOptions } from './log-writer.ts'
import { readLog } from './read-log.ts'
import type { StoredLine } from './stored-line.ts'

const readAll = async (logsDir: LogsDir, appId: string): Promise<StoredLine[]> =>
  (await readLog(logsDir.path, appId, { lines: 1_000_000 })).lines

const textsIn = async (logsDir: LogsDir, appId: string): Promise<string[]> =>
  (await readAll(logsDir, appId)).map(({ text }) => text)

const aWriter = (logsDir: LogsDir, options: LogWriterOptions = {}) => {
  const writer = openLogWriter(logsDir.path, 'engine', options)
  return { ...writer, [Symbol.asyncDispose]: () => writer.stop() }
}

const numbered = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${name} ${from + at}`)

const bytesOf = async (folder: string): Promise<number> => {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

test('lines are kept whole, in their order, each app by itself', async () => {
  await using logsDir = await aLogsDir()
  await using writer = aWriter(logsDir)
  const [one, other] = [newId(), newId()]
  const line = aLine('Grüße 日本', { at: 1_767_315_845_123, source: 'heroku', dyno: 'router' })
  writer.append(one, line)
  writer.append(other, aLine('of the other'))
  writer.append(one, aLine('second'))
  await writer.flush()
  const [first, second] = await readAll(logsDir, one)
  assert.deepEqual({ ...line, ...first }, first)
  assert.equal(second?.text, 'second')
  assert.deepEqual(await textsIn(logsDir, other), ['of the other'])
})

test('a line that a program made up of several is several lines, and none can pose as another', async () => {
  await using logsDir = await aLogsDir()
  await using writer = aWriter(logsDir)
  const appId = newId()
  writer.append(appId, aLine('one\n7 1767315845123 heroku router forged'))
  writer.append(appId, aLine('NUL \u0000 and half \ud800', { dyno: 'web 1\n', at: Number.NaN }))
  await writer.flush()
  const lines = await readAll(logsDir, appId)
  assert.deepEqual(
    lines.map(({ source, dyno, text }) => `${source}[${dyno}] ${text}`),
    [
      'app[web.1] one',
      'app[web.1] 7 1767315845123 heroku router forged',
      'app[web_1_] NUL ␀ and half \ufffd',
    ],
  )
})

test('an id that leads out of the logs is refused', async () => {
  await using logsDir = await aLogsDir()
  await using writer = aWriter(logsDir)
  assert.throws(() => writer.append('../etc', aLine('x')), /not the id of an app/)
})

test('a process that ends without a word has written its lines', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using first = aWriterProcess(logsDir, { name: 'engine', appId, howMany: 50 })
  await first.written
  first.child.stdin?.end()
  await until(() => first.child.exitCode === 0, { limitMs: 30_000 })
  await using second = aWriterProcess(logsDir, { name: 'engine', appId, howMany: 50 })
  await second.written
  const lines = await readAll(logsDir, appId)
  assert.deepEqual(
    lines.map(({ text }) => text),
    [...numbered('engine', 1, 50), ...numbered('engine', 1, 50)],
  )
  assert.equal(new Set(lines.map(({ stream }) => stream)).size, 1, 'it goes on with the stream')
  assert.equal(new Set(lines.map(({ id }) => id)).size, 100)
})

test('several processes write one log at once, also of the same name, and lose nothing', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await using engine = aWriterProcess(logsDir, { name: 'engine', appId, howMany: 5_000 })
  await using router = aWriterProcess(logsDir, { name: 'router', appId, howMany: 5_000 })
  await using newRouter = aWriterProcess(logsDir, { name: 'router', appId, howMany: 5_000 })
  await Promise.all([engine.written, router.written, newRouter.written])
  const lines = await readAll(logsDir, appId)
  const byStream = Map.groupBy(lines, ({ stream }) => stream)
  assert.equal(byStream.size, 3)
  for (const [stream, its] of byStream) {
    const name = stream.split('.')[0] ?? ''
    assert.deepEqual(
      its.map(({ text }) => text),
      numbered(name, 1, 5_000),
    )
    assert.deepEqual(
      its.map(({ number }) => number),
      its.map((_, at) => at + 1),
    )
  }
})

test('a writer killed in the middle leaves a log that can be read and gone on with', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  for (let round = 1; round <= 3; round += 1) {
    const before = (await readAll(logsDir, appId)).length
    await using writer = aWriterProcess(logsDir, { name: 'engine', appId })
    await until(async () => (await readAll(logsDir, appId)).length > before + 1_000, {
      limitMs: 30_000,
    })
    writer.child.kill('SIGKILL')
  }
  const lines = await readAll(logsDir, appId)
  assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length)
  const starts = lines.flatMap(({ text }, at) => (text === 'engine 1' ? [at] : []))
  assert.equal(starts.length, 3)
  for (const [round, start] of starts.entries()) {
    const its = lines.slice(start, starts[round + 1])
    assert.deepEqual(
      its.map(({ text }) => text),
      numbered('engine', 1, its.length),
    )
  }
})

test('an app keeps to its budget, all its writers together, and keeps the newest', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  const sizes = { segmentBytes: 20_000, budgetBytes: 100_000 }
  await using first = aWriter(logsDir, sizes)
  await using second = aWriter(logsDir, sizes)
  for (let n = 1; n <= 10_000; n += 1) {
    const writer = n % 2 === 0 ? first : second
    writer.append(appId, aLine(`line ${n}`))
    if (n % 100 === 0) await writer.flush()
  }
  await Promise.all([first.flush(), second.flush()])
  assert.ok((await bytesOf(join(logsDir.path, appId))) < 160_000)
  const lines = await textsIn(logsDir, appId)
  assert.ok(lines.length > 1_000)
  assert.ok(lines.includes('line 10000') && lines.includes('line 9999'))
})

test("a flood of one app drops that app's lines, says how many, and leaves other apps alone", async () => {
  await using logsDir = await aLogsDir()
  await using writer = aWriter(logsDir, { pendingBytes: 100_000, bytesPerSecond: 1_000 })
  const [flood, quiet] = [newId(), newId()]
  const text = 'x'.repeat(100)
  for (let n = 0; n < 20_000; n += 1) {
    writer.append(flood, aLine(text))
    if (n % 1_000 === 0) writer.append(quiet, aLine(`quiet ${n}`))
  }
  await writer.flush()
  assert.equal((await textsIn(logsDir, quiet)).length, 20)
  const stated = async (): Promise<number> =>
    (await readAll(logsDir, flood))
      .map(({ text: said }) => /^Error L10 \(output buffer overflow\): (\d+) mess/.exec(said)?.[1])
      .reduce((sum, count) => sum + Number(count ?? 0), 0)
  await until(async () => (await stated()) > 0, { limitMs: 30_000 })
  await writer.stop()
  const kept = (await textsIn(logsDir, flood)).filter((said) => said === text).length
  assert.ok(kept > 500 && kept < 2_000, `${kept} kept`)
  assert.equal((await stated()) + kept, 20_000)
})

test('a log whose files are taken away goes on in new ones', async () => {
  await using logsDir = await aLogsDir()
  await using writer = aWriter(logsDir)
  const appId = newId()
  writer.append(appId, aLine('before'))
  await writer.flush()
  await rm(join(logsDir.path, appId), { recursive: true })
  await until(
    async () => {
      writer.append(appId, aLine('after'))
      await writer.flush()
      return (await textsIn(logsDir, appId)).includes('after')
    },
    { limitMs: 30_000 },
  )
})

test('what is appended after the stop is ignored', async () => {
  await using logsDir = await aLogsDir()
  const writer = aWriter(logsDir)
  const appId = newId()
  writer.append(appId, aLine('kept'))
  await Promise.all([writer.stop(), writer.stop()])
  writer.append(appId, aLine('too late'))
  await writer.flush()
  assert.deepEqual(await textsIn(logsDir, appId), ['kept'])
})
