import { parseArgs } from 'node:util'
import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { createLogger } from '#/foundation/log.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import { startRouter } from '#/router/start-router.ts'

const { values } = parseArgs({
  options: {
    'listen-fd': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
  },
})
const log = createLogger('router')
const paths = dataDirPaths(config.dataDir)
const fd = values['listen-fd']

keepCompiledCode()

try {
  const lines = openLogWriter(paths.logs, 'router')
  const router = await startRouter({
    feedSocket: paths.feedSocket,
    dir: paths.router,
    listen: fd ? { fd: Number(fd) } : { host: values.host, port: Number(values.port) },
    append: lines.append,
    log,
  })
  log.info({ port: router.port }, 'the router accepts requests')
  process.once('SIGTERM', () => {
    void router
      .stop()
      .then(lines.stop)
      .finally(() => process.exit(0))
  })
} catch (error) {
  log.fatal({ err: error }, 'the router cannot start')
  process.exitCode = 1
  setTimeout(() => process.exit(1), 100).unref()
}
