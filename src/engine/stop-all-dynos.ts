import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { createLogger } from '#/foundation/log.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import { ProcessEngine } from './process/process-engine.ts'

/** Stops every dyno of a platform whose engine does not run any more. Resolves when none is left. */
export const stopAllDynos = async (dataDir: string): Promise<void> => {
  const paths = dataDirPaths(dataDir)
  const lines = openLogWriter(paths.logs, 'engine')
  const engine = await ProcessEngine.start({
    dir: paths.engine,
    runDir: paths.run,
    materialize: openDiskStore(paths.artifacts).materialize,
    lines,
    log: createLogger('engine'),
    onReport: () => {},
    isEnding: true,
  })
  await engine.stopAll()
  await lines.stop()
}
