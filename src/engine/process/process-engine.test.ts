import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '#/foundation/log.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { testEngineConformance, type EngineUnderTest } from '#/engine/engine-conformance.ts'
import { cgroupLayout } from '#/sandbox/cgroups.ts'
import { giveToSandbox } from '#/sandbox/prepare-sandbox.ts'
import { writeFiles } from '../../../test/support/files.ts'
import { ProcessEngine } from './process-engine.ts'

testEngineConformance('process', async (): Promise<EngineUnderTest> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-engine-'))
  const reports: EngineUnderTest['reports'] = []
  const lines: EngineUnderTest['lines'] = []
  const runDir = join(dir, 'run')
  await mkdir(runDir)
  const engine = await ProcessEngine.start({
    dir: join(dir, 'engine'),
    runDir,
    materialize: async (digest) => ({ folder: dir, layers: [digest] }),
    lines: {
      append: (appId, line) => void lines.push({ ...line, appId }),
      flush: async () => {},
    },
    log: createLogger('test'),
    onReport: (report) => reports.push(report),
    backOff: { delayMs: () => 20, resetAfterMs: 60_000 },
    attachLimitMs: 2_000,
  })
  const { memory, pids } = await cgroupLayout()
  let number = 0
  let slugs = 0
  return {
    reports,
    lines,
    runDir,
    hasLimits: memory !== undefined && pids !== undefined,
    aSlug: async (files) => {
      const digest = `slug-${++slugs}`
      await writeFiles(join(dir, digest), files)
      await giveToSandbox(join(dir, digest))
      return digest
    },
    apply: (rows) => engine.applyTable({ number: ++number, rows }),
    stopAll: async () => {
      await engine.stopAll()
      await removeTree(dir)
    },
  }
})
