import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { aLine, aLogsDir } from '../../test/support/logs.ts'
import { openLogWriter } from './log-writer.ts'
import { readLog } from './read-log.ts'
import { removeLog } from './remove-log.ts'

test('a removed log is gone, and a writer that has not heard of it does not start it anew', async () => {
  await using logsDir = await aLogsDir()
  const problems: unknown[] = []
  const options = { onProblem: (error: unknown) => void problems.push(error) }
  const writer = openLogWriter(logsDir.path, 'engine', options)
  const late = openLogWriter(logsDir.path, 'router', options)
  const appId = newId()
  writer.append(appId, aLine('line'))
  await writer.flush()
  await removeLog(logsDir.path, appId)
  late.append(appId, aLine('late'))
  await late.flush()
  assert.deepEqual((await readLog(logsDir.path, appId, { lines: 10 })).lines, [])
  assert.ok((await stat(join(logsDir.path, appId))).isFile())
  await Promise.all([writer.stop(), late.stop()])
  assert.deepEqual(problems, [])
})

test('removing is fine twice, at once, and of an app that has no log', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await Promise.all([removeLog(logsDir.path, appId), removeLog(logsDir.path, appId)])
  await removeLog(logsDir.path, appId)
  assert.deepEqual(await readdir(logsDir.path), [appId])
})

test('what a removal that was cut short left, and old marks, go with the next', async () => {
  await using logsDir = await aLogsDir()
  const [long, today] = [newId(), newId()]
  await mkdir(join(logsDir.path, '.removed-1', 'x'), { recursive: true })
  await writeFile(join(logsDir.path, long), '')
  await utimes(join(logsDir.path, long), new Date(0), new Date(0))
  await writeFile(join(logsDir.path, today), '')
  await removeLog(logsDir.path, newId())
  assert.ok(!existsSync(join(logsDir.path, '.removed-1')))
  assert.ok(!existsSync(join(logsDir.path, long)))
  assert.ok(existsSync(join(logsDir.path, today)))
})
