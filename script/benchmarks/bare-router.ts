import { createLogger } from '#/foundation/log.ts'
import { startRouter } from '#/router/start-router.ts'

/** The router without a log for its lines, for figures beside peers that keep none: `bare-router.ts <port> <feed socket> <folder>`. */
const [port, feedSocket = '', dir = ''] = process.argv.slice(2)
await startRouter({
  feedSocket,
  dir,
  listen: { host: '127.0.0.1', port: Number(port) },
  append: () => {},
  log: createLogger('router'),
})
