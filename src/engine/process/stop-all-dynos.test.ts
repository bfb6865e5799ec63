import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { aWantedDyno } from '#/engine/engine-conformance.ts'
import { stopAllDynos } from '#/engine/stop-all-dynos.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { createLogger } from '#/foundation/log.ts'
import { until } from '../../../test/support/until.ts'
import { ProcessEngine } from './process-engine.ts'

test('everything goes down, also a dyno that an engine was just stopping and that ignores SIGTERM', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-stop-all-'))
  const paths = dataDirPaths(dataDir)
  await mkdir(paths.run)
  const said: string[] = []
  const engine = await ProcessEngine.start({
    dir: paths.engine,
    runDir: paths.run,
    materialize: () => Promise.reject(new Error('No slug is needed here.')),
    lines: { append: (_appId, { text }) => said.push(text), flush: async () => {} },
    log: createLogger('test'),
    onReport: () => {},
  })
  const stubborn = aWantedDyno({
    command: `trap '' TERM; echo ready; while :; do sleep 0.1; done`,
    stopLimitMs: 1_500,
  })
  engine.applyTable({ number: 1, rows: [stubborn] })
  await until(() => said.includes('ready'), { limitMs: 30_000 })
  engine.applyTable({ number: 2, rows: [] })
  await until(() => said.includes('Stopping all processes with SIGTERM'), { limitMs: 30_000 })
  await engine.leave()
  assert.deepEqual(await readdir(join(paths.engine, 'dynos')), [stubborn.id])
  await stopAllDynos(dataDir)
  assert.deepEqual(await readdir(join(paths.engine, 'dynos')), [])
  await rm(dataDir, { recursive: true })
})
