import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { createLogger } from '#/foundation/log.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import type { Listen } from '#/router/accept.ts'
import { startRouter } from '#/router/start-router.ts'

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'router' },
    'listen-fd': { type: 'string' },
    'tls-listen-fd': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
    'tls-port': { type: 'string' },
  },
})
const log = createLogger(values.name)
const paths = dataDirPaths(config.dataDir)
const listenOn = (fd: string | undefined, port: string): Listen =>
  fd ? { fd: Number(fd) } : { host: values.host, port: Number(port) }
const tlsFd = values['tls-listen-fd']
const tlsPort = values['tls-port']
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
  const lines = openLogWriter(paths.logs, values.name)
  const router = await startRouter({
    feedSocket: paths.feedSocket,
    dir: values.name === 'router' ? paths.router : join(paths.router, values.name),
    listen: listenOn(values['listen-fd'], values.port),
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
