import { startDrainer } from '#/drainer/start-drainer.ts'
import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { privateDrainHosts } from '#/foundation/guarded-lookup.ts'
import { createLogger } from '#/foundation/log.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'

const log = createLogger('drainer')
const paths = dataDirPaths(config.dataDir)

keepCompiledCode()

const lines = openLogWriter(paths.logs, 'drainer')
const drainer = startDrainer({
  feedSocket: paths.feedSocket,
  logsDir: paths.logs,
  dir: paths.drains,
  privateHosts: privateDrainHosts(),
  append: lines.append,
  log,
})
log.info('following the wanted drains')
process.once('SIGTERM', () => {
  void drainer
    .stop()
    .then(lines.stop)
    .finally(() => process.exit(0))
})
