import { config } from '#/foundation/config.ts'
import { createLogger } from '#/foundation/log.ts'
import { startRouter } from '#/router/start-router.ts'

/** The router without a log for its lines, for figures beside peers that keep none: `bare-router.ts <feed socket> <folder>`, its port in the descriptors from 3 on. */
const [feedSocket = '', dir = ''] = process.argv.slice(2)
await startRouter({
  feedSocket,
  dir,
  listen: { fds: Array.from({ length: config.descriptorsOfPort }, (_, n) => 3 + n) },
  append: () => {},
  log: createLogger('router'),
})
