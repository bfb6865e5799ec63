import { join } from 'node:path'
import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { knownOptions } from '#/foundation/known-options.ts'
import { createLogger } from '#/foundation/log.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import type { Listen } from '#/router/accept.ts'
import { startRouter } from '#/router/start-router.ts'

const values = knownOptions(process.argv.slice(2), [
  'name',
  'listen-fd',
  'tls-listen-fd',
  'host',
  'port',
  'tls-port',
])
const { name = 'router', host = '127.0.0.1', port = '8080' } = values
const log = createLogger(name)
const paths = dataDirPaths(config.dataDir)
const tlsFd = values['tls-listen-fd']
const tlsPort = values['tls-port']
const boundPorts = [values['listen-fd'], tlsFd].filter((fd) => fd !== undefined).length
const listenOn = (fd: string | undefined, otherwise: string): Listen =>
  fd
    ? {
        fds: Array.from(
          { length: config.descriptorsOfPort },
          (_, n) => Number(fd) + n * boundPorts,
        ),
      }
    : { host, port: Number(otherwise) }
const secure = (tlsFd !== undefined || tlsPort !== undefined) && {
  listen: listenOn(tlsFd, tlsPort ?? ''),
  certificates: {
    certificate: join(paths.certificates, 'server.pem'),
    key: join(paths.certificates, 'server.key'),
  },
}

keepCompiledCode()

/** SIGTERM: another has taken over. SIGINT: everything ends. Listened to from here on, for it may come during the start. */
const told = new Promise<'replaced' | 'for good'>((resolve) => {
  process.once('SIGTERM', () => resolve('replaced')).once('SIGINT', () => resolve('for good'))
})

try {
  const lines = openLogWriter(paths.logs, name)
  const router = await startRouter({
    feedSocket: paths.feedSocket,
    dir: name === 'router' ? paths.router : join(paths.router, name),
    listen: listenOn(values['listen-fd'], port),
    ...(secure ? { secure } : {}),
    limits: {
      requestsPerApp: config.requestsPerApp,
      connectsPerAddress: config.connectsPerAddress,
      requestsPerAddress: config.requestsPerAddress,
      trustedAddresses: config.trustedAddresses.split(',').map((address) => address.trim()),
      dynoDrainMs: config.drainLimitMs,
    },
    append: lines.append,
    log,
  })
  log.info({ port: router.port, securePort: router.securePort }, 'the router accepts requests')
  process.on('SIGINT', () => void router.stop('for good'))
  await router.stop(await told)
  await lines.stop()
  process.exit(0)
} catch (error) {
  log.fatal({ err: error }, 'the router cannot start')
  process.exitCode = 1
  setTimeout(() => process.exit(1), 100).unref()
}
