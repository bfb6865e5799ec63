import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineUnderTest } from '#/engine/engine-conformance.ts'
import { ProcessEngine, type EngineOptions } from '#/engine/process/process-engine.ts'
import { createLogger } from '#/foundation/log.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { cgroupLayout } from '#/sandbox/cgroups.ts'
import { giveToSandbox } from '#/sandbox/prepare-sandbox.ts'
import { writeFiles } from './files.ts'

export type TestEngine = EngineUnderTest & { dir: string; engine: ProcessEngine }

/** A process engine in this process, in a folder of its own; `stopAll` ends everything and removes the folder. */
export const aProcessEngine = async (
  options: Partial<EngineOptions> = {},
  root = tmpdir(),
): Promise<TestEngine> => {
  const dir = await mkdtemp(join(root, 'sluice-engine-'))
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
    ...options,
  })
  const { memory, pids } = await cgroupLayout()
  let number = 0
  let slugs = 0
  return {
    dir,
    engine,
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
}
