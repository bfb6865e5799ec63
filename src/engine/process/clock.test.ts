import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aWantedDyno, SERVE } from '#/engine/engine-conformance.ts'
import { stopAllDynos } from '#/engine/stop-all-dynos.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { ended, start } from '#/foundation/exec.ts'
import { serveFeeds, type FeedSource } from '#/foundation/feed.ts'
import { createLogger } from '#/foundation/log.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import {
  DYNO_FEED,
  type DynoReport,
  type EngineReport,
  type WantedDyno,
} from '#/platform/dyno/engine.ts'
import { until } from '../../../test/support/until.ts'

/** An engine whose wall clock is set while dynos run and wait to be started again. */
const ENGINE = fileURLToPath(new URL('../../../bin/engine.ts', import.meta.url))
const LIMIT = { limitMs: 60_000 }
const HOUR = 3600

const LIBRARY = readdirSync('/usr/lib', { withFileTypes: true })
  .map(({ name }) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path))

test(
  'a wall clock that jumps an hour restarts no dyno, and a back-off is neither skipped nor stuck, also by the next engine',
  { skip: LIBRARY === undefined && 'libfaketime is not installed' },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sluice-clock-'))
    const paths = dataDirPaths(dataDir)
    await mkdir(paths.run)
    const clock = join(dataDir, 'clock')
    const setClock = (seconds: number): Promise<void> =>
      writeFile(clock, `${seconds < 0 ? '' : '+'}${seconds}`)
    await setClock(0)

    const healthy = aWantedDyno({ web: true, command: SERVE })
    const crashing = aWantedDyno({ command: 'exit 3' })
    const reports: (DynoReport & { heardAt: number })[] = []
    let wholeReports = 0
    const source: FeedSource<WantedDyno, EngineReport> = {
      name: DYNO_FEED,
      readTable: async () => ({ number: 1, rows: [healthy, crashing] }),
      readChange: async () => undefined,
      onNews: () => () => {},
      onReport: async (_follower, _number, { whole, dynos }) => {
        if (whole) wholeReports += 1
        for (const dyno of dynos) reports.push({ ...dyno, heardAt: performance.now() })
      },
    }
    const server = await serveFeeds(paths.feedSocket, [source], createLogger('test'))
    const startEngine = () => {
      const child = start(process.execPath, [ENGINE], {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          PATH: process.env['PATH'] ?? '',
          SLUICE_DATA_DIR: dataDir,
          SLUICE_LOG_LEVEL: 'fatal',
          LD_PRELOAD: LIBRARY ?? '',
          FAKETIME_TIMESTAMP_FILE: clock,
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
      })
      const over = ended(child)
      return async () => {
        child.kill('SIGKILL')
        await over
      }
    }
    let kill = startEngine()
    after(async () => {
      await kill()
      await server.stop()
      await stopAllDynos(dataDir)
      await removeTree(dataDir)
    })
    const latest = ({ id }: WantedDyno) => reports.findLast((report) => report.id === id)
    /** When it was first said that the crashing one was in that state after so many restarts. */
    const heard = async (state: string, restarts: number): Promise<number> =>
      (
        await until(
          () =>
            reports.find(
              (one) => one.id === crashing.id && one.state === state && one.restarts === restarts,
            ),
          { ...LIMIT, what: `${restarts} restarts, ${state}` },
        )
      ).heardAt

    await until(() => latest(healthy)?.state === 'up', LIMIT)
    const address = latest(healthy)?.address
    const second = await heard('crashed', 1) // it waits 10 s now, give or take one
    await setClock(HOUR)
    const waited = (await heard('starting', 2)) - second
    assert.ok(
      waited > 8_000 && waited < 15_000,
      `waited ${Math.round(waited)} ms after a jump ahead`,
    )

    const third = await heard('crashed', 2) // and 20 s now
    await kill()
    await setClock(2 * HOUR)
    kill = startEngine()
    await until(() => wholeReports === 2, LIMIT)
    await setClock(-HOUR)
    const next = (await heard('starting', 3)) - third
    assert.ok(next > 17_000 && next < 30_000, `waited ${Math.round(next)} ms over two jumps`)

    const { state, restarts } = latest(healthy) ?? {}
    assert.deepEqual([state, restarts, latest(healthy)?.address], ['up', 0, address])
  },
)
