import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { hostEnvironment } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { ended, start } from '#/foundation/exec.ts'
import { serveFeeds, type FeedSource } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import { DRAIN_FEED, type WantedDrain } from '#/platform/log-drain/drain-feed.ts'
import { aSyslogReceiver } from '../../test/support/drains.ts'
import { aLine } from '../../test/support/logs.ts'
import { quiet } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const PATIENCE = { limitMs: 60_000, everyMs: 20 }

test('kill -9 of the drainer, again and again, loses no line and repeats no more than a batch each time', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-drainer-'))
  const paths = dataDirPaths(dir)
  await mkdir(paths.run, { mode: 0o700 })
  await using receiver = await aSyslogReceiver()
  const appId = newId()
  const drain: WantedDrain = {
    id: newId(),
    appId,
    token: `d.${newId()}`,
    url: `syslog://127.0.0.1:${receiver.port}`,
    createdAt: new Date(Date.now() - 1_000).toISOString(),
  }
  const source: FeedSource<WantedDrain, null> = {
    name: DRAIN_FEED,
    readTable: async () => ({ number: 0, rows: [drain] }),
    readChange: async () => undefined,
    onNews: () => () => {},
    onReport: async () => {},
  }
  const feeds = await serveFeeds(paths.feedSocket, [source], quiet)
  const writer = openLogWriter(paths.logs, 'engine')
  const [node, ...args] = programCommand('drainer')
  const run = () => {
    const child = start(node, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...hostEnvironment(),
        SLUICE_DATA_DIR: dir,
        SLUICE_LOG_LEVEL: 'warn',
        SLUICE_PRIVATE_DRAIN_HOSTS: '127.0.0.1',
      },
    })
    const end = ended(child)
    return async (): Promise<void> => {
      child.kill('SIGKILL')
      await end
    }
  }
  let written = 0
  const writing = setInterval(() => {
    for (let more = 0; more < 20; more++) writer.append(appId, aLine(`line ${written++}`))
  }, 10)
  let kill = run()
  try {
    const KILLS = 3
    for (let times = 0; times < KILLS; times++) {
      const before = receiver.texts().length
      await until(() => receiver.texts().length > before + 200, PATIENCE)
      await kill()
      await pause(100)
      kill = run()
    }
    clearInterval(writing)
    await until(() => receiver.texts().includes(`line ${written - 1}`), PATIENCE)
    const texts = receiver.texts()
    const different = new Set(texts)
    assert.equal(different.size, written, 'no line is lost')
    assert.ok(texts.length - written < KILLS * 3_000, `${texts.length - written} repeated`)
  } finally {
    clearInterval(writing)
    await kill()
    await feeds.stop()
    await writer.stop()
    await rm(dir, { recursive: true, force: true })
  }
})
