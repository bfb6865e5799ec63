import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { startEngine } from '#/engine/start-engine.ts'
import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { createLogger } from '#/foundation/log.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'

const log = createLogger('engine')
const paths = dataDirPaths(config.dataDir)

keepCompiledCode()

try {
  const engine = await startEngine({
    dataDir: config.dataDir,
    store: openDiskStore(paths.artifacts),
    lines: openLogWriter(paths.logs, 'engine'),
    log,
  })
  log.info('following the wanted dynos')
  // Dynos go on without their engine.
  process.once('SIGTERM', () => void engine.stop().finally(() => process.exit(0)))
} catch (error) {
  log.fatal({ err: error }, 'the engine cannot start')
  process.exitCode = 1
  setTimeout(() => process.exit(1), 100).unref()
}
