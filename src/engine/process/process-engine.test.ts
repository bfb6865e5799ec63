import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '#/foundation/log.ts'
import { testEngineConformance, type EngineUnderTest } from '#/engine/engine-conformance.ts'
import { ProcessEngine } from './process-engine.ts'

const dir = await mkdtemp(join(tmpdir(), 'sluice-engine-'))

testEngineConformance('process', async (): Promise<EngineUnderTest> => {
  const reports: EngineUnderTest['reports'] = []
  const lines: EngineUnderTest['lines'] = []
  const runDir = join(dir, 'run')
  await mkdir(runDir)
  const engine = await ProcessEngine.start({
    dir: join(dir, 'engine'),
    runDir,
    materialize: () => Promise.reject(new Error('No slug is needed here.')),
    append: (appId, line) => lines.push({ ...line, appId }),
    log: createLogger('test'),
    onReport: (report) => reports.push(report),
    backOff: { delayMs: () => 20, resetAfterMs: 60_000 },
    attachLimitMs: 2_000,
  })
  let number = 0
  return {
    reports,
    lines,
    runDir,
    apply: (rows) => engine.applyTable({ number: ++number, rows }),
    stopAll: async () => {
      await engine.stopAll()
      await rm(dir, { recursive: true, force: true })
    },
  }
})
