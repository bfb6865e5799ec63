import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { hostEnvironment } from '#/foundation/config.ts'
import { hasCode } from '#/foundation/errors.ts'
import { run } from '#/foundation/exec.ts'
import { newId } from '#/foundation/ids.ts'
import { aLine, aLogsDir, type LogsDir } from '../../test/support/logs.ts'
import { until } from '../../test/support/until.ts'
import { openLogWriter } from './log-writer.ts'
import { readLog } from './read-log.ts'

const DISK_BYTES = 1024 * 1024

/** A folder on a disk of 1 MiB; undefined, and the test skipped, where we may not mount one. */
const aSmallDisk = async (t: TestContext): Promise<LogsDir | undefined> => {
  const logsDir = await aLogsDir()
  const env = hostEnvironment()
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', logsDir.path]
  const mounted = await run('mount', options, { env }).catch(() => ({
    code: 1,
    stderr: 'no mount',
  }))
  if (mounted.code !== 0) {
    await logsDir[Symbol.asyncDispose]()
    t.skip(`cannot mount a small disk: ${mounted.stderr.trim()}`)
    return undefined
  }
  return {
    path: logsDir.path,
    [Symbol.asyncDispose]: async () => {
      await run('umount', ['--lazy', logsDir.path], { env })
      await logsDir[Symbol.asyncDispose]()
    },
  }
}

/** Takes all that is left of the disk. */
const fillDisk = async (logsDir: LogsDir): Promise<() => Promise<void>> => {
  const path = join(logsDir.path, '.filler')
  for (const bytes of [64 * 1024, 4096]) {
    const write = (): Promise<void> => writeFile(path, Buffer.alloc(bytes), { flag: 'a' })
    while (await write().then(() => true, isFullError)) continue
  }
  return () => rm(path)
}

const isFullError = (error: unknown): false => {
  if (!hasCode(error, 'ENOSPC')) throw error
  return false
}

const readAll = async (logsDir: LogsDir, appId: string) =>
  (await readLog(logsDir.path, appId, { lines: 1_000_000 })).lines

test('on a full disk the oldest lines make room for the newest', async (t) => {
  await using logsDir = await aSmallDisk(t)
  if (!logsDir) return
  const writer = openLogWriter(logsDir.path, 'engine', { segmentBytes: 100_000 })
  const appId = newId()
  for (let n = 1; n <= 30_000; n += 1) {
    writer.append(appId, aLine(`line ${n} ${'x'.repeat(100)}`))
    if (n % 500 === 0) await writer.flush()
  }
  await writer.stop()
  const lines = await readAll(logsDir, appId)
  const first = lines[0]?.number ?? 0
  assert.ok(lines.length > 1_000 && first > 1)
  assert.deepEqual(
    lines.map(({ number }) => number),
    lines.map((_, at) => first + at),
  )
  assert.match(lines.at(-1)?.text ?? '', /^line 30000 /)
})

test('what finds no room at all is counted, nobody waits, and the log goes on when there is room', async (t) => {
  await using logsDir = await aSmallDisk(t)
  if (!logsDir) return
  const problems: unknown[] = []
  const onProblem = (error: unknown): void => void problems.push(error)
  const writer = openLogWriter(logsDir.path, 'engine', { onProblem })
  const appId = newId()
  const freeDisk = await fillDisk(logsDir)
  for (let n = 0; n < 1_000; n += 1) writer.append(appId, aLine(`lost ${n}`))
  await writer.flush()
  await freeDisk()
  let appended = 1_000
  await until(
    async () => {
      writer.append(appId, aLine(`after ${appended++}`))
      await writer.flush()
      return (await readAll(logsDir, appId)).length > 0
    },
    { limitMs: 30_000 },
  )
  await writer.stop()
  const lines = await readAll(logsDir, appId)
  const stated = lines.map(({ text }) => / (\d+) messages? dropped since /.exec(text)?.[1])
  const dropped = stated.reduce((sum, count) => sum + Number(count ?? 0), 0)
  const kept = lines.filter(({ text }) => text.startsWith('after '))
  assert.equal(kept.length + dropped, appended)
  assert.ok(dropped >= 1_000)
  assert.equal(problems.length, 1)
})

test('an app with an old log makes room for one that has none', async (t) => {
  await using logsDir = await aSmallDisk(t)
  if (!logsDir) return
  const [old, young] = [newId(), newId()]
  const writer = openLogWriter(logsDir.path, 'engine', { segmentBytes: 100_000 })
  for (let n = 1; n <= 3_000; n += 1) writer.append(old, aLine('x'.repeat(100)))
  await writer.flush()
  await fillDisk(logsDir)
  writer.append(young, aLine('the first'))
  await writer.stop()
  assert.deepEqual(
    (await readAll(logsDir, young)).map(({ text }) => text),
    ['the first'],
  )
})
