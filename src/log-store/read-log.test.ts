import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { aLine, aLogsDir, type LogsDir } from '../../test/support/logs.ts'
import type { LogFilter } from './log-filter.ts'
import { openLogWriter } from './log-writer.ts'
import { readLog } from './read-log.ts'

const write = async (
  logsDir: LogsDir,
  { name = 'engine', appId }: { name?: string; appId: string },
  lines: ReturnType<typeof aLine>[],
): Promise<void> => {
  const writer = openLogWriter(logsDir.path, name, { segmentBytes: 10_000 })
  for (const line of lines) writer.append(appId, line)
  await writer.stop()
}

const textsIn = async (
  logsDir: LogsDir,
  appId: string,
  { lines = 100, filter = {} }: { lines?: number; filter?: LogFilter } = {},
): Promise<string[]> =>
  (await readLog(logsDir.path, appId, { lines, filter })).lines.map(({ text }) => text)

test('an app without a log has no lines', async () => {
  await using logsDir = await aLogsDir()
  const page = await readLog(logsDir.path, newId(), { lines: 100 })
  assert.deepEqual(page, { lines: [], cursor: new Map() })
})

test('the newest lines of all writers are merged by time', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  const linesOf = (name: string, offset: number) =>
    Array.from({ length: 2_000 }, (_, n) =>
      aLine(`${name} ${n}`, { at: 1_000_000 + n * 2 + offset }),
    )
  await write(logsDir, { appId, name: 'engine' }, linesOf('engine', 0))
  await write(logsDir, { appId, name: 'router' }, linesOf('router', 1))
  assert.deepEqual(await textsIn(logsDir, appId, { lines: 4 }), [
    'engine 1998',
    'router 1998',
    'engine 1999',
    'router 1999',
  ])
  const all = await readLog(logsDir.path, appId, { lines: 10_000 })
  assert.deepEqual(
    all.lines.map(({ at }) => at),
    Array.from({ length: 4_000 }, (_, n) => 1_000_000 + n),
  )
  assert.deepEqual([...all.cursor.values()], [2_000, 2_000])
})

test('lines are found by source, dyno, text and time', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await write(logsDir, { appId }, [
    aLine('one', { at: 1_000, dyno: 'web.1' }),
    aLine('two', { at: 2_000, dyno: 'web.10' }),
    aLine('three', { at: 3_000, dyno: 'worker.1' }),
    aLine('Four (4)', { at: 4_000, source: 'heroku', dyno: 'web.1' }),
    aLine('five', { at: 5_000, source: 'heroku', dyno: 'router' }),
  ])
  const found = (filter: LogFilter): Promise<string[]> => textsIn(logsDir, appId, { filter })
  assert.deepEqual(await found({ dyno: 'web' }), ['one', 'two', 'Four (4)'])
  assert.deepEqual(await found({ dyno: 'web.1' }), ['one', 'Four (4)'])
  assert.deepEqual(await found({ dyno: 'router' }), ['five'])
  assert.deepEqual(await found({ source: 'heroku', dyno: 'web.1' }), ['Four (4)'])
  assert.deepEqual(await found({ source: 'nobody' }), [])
  assert.deepEqual(await found({ text: 'FOUR (' }), ['Four (4)'])
  assert.deepEqual(await found({ from: 2_000, to: 4_000 }), ['two', 'three'])
})

test('the search goes through all that is kept, and the newest are returned', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  const lines = Array.from({ length: 5_000 }, (_, n) =>
    aLine(n % 1_000 === 0 ? `needle ${n}` : `straw ${n}`),
  )
  await write(logsDir, { appId }, lines)
  assert.deepEqual(await textsIn(logsDir, appId, { lines: 2, filter: { text: 'needle' } }), [
    'needle 3000',
    'needle 4000',
  ])
})

test('what a dying process or a power cut tore is left out, and nothing else', async () => {
  await using logsDir = await aLogsDir()
  const appId = newId()
  await write(logsDir, { appId }, [aLine('whole'), aLine('also whole')])
  const folder = join(logsDir.path, appId)
  const [name = ''] = await readdir(folder)
  await appendFile(join(folder, name), '3 1767315845123 app web.1 half of a li')
  await write(logsDir, { appId }, [aLine('after')])
  await appendFile(join(folder, name), Buffer.alloc(300_000))
  await writeFile(join(folder, 'router.00000000-000000000001.log'), Buffer.alloc(200_000, 'x'))
  await writeFile(join(folder, 'of-somebody-else.txt'), 'hello\n')
  await mkdir(join(folder, 'a-folder'))
  assert.deepEqual(await textsIn(logsDir, appId), ['whole', 'also whole', 'after'])
})
