import { startControlPlane } from '#/control-plane/start-control-plane.ts'
import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { knownOptions } from '#/foundation/known-options.ts'
import { createLogger } from '#/foundation/log.ts'

const values = knownOptions(process.argv.slice(2), ['listen-fd', 'host', 'port'])
const { host = '127.0.0.1', port = '5000' } = values
const log = createLogger('control-plane')
const fd = values['listen-fd']

keepCompiledCode()

try {
  const controlPlane = await startControlPlane({
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl,
    listen: fd ? { fd: Number(fd) } : { host, port: Number(port) },
    log,
  })
  // What is under way goes on after the next start: nothing is waited for.
  process.once('SIGTERM', () => {
    setTimeout(() => process.exit(0), 2_000).unref()
    void controlPlane.stop().finally(() => process.exit(0))
  })
} catch (error) {
  log.fatal({ err: error }, 'the control plane cannot start')
  process.exitCode = 1
  setTimeout(() => process.exit(1), 100).unref()
}
