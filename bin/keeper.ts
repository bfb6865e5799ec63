import { keepCompiledCode } from '#/foundation/compile-cache.ts'
import { config } from '#/foundation/config.ts'
import { createLogger } from '#/foundation/log.ts'
import { runKeeper } from '#/keeper/run-keeper.ts'

keepCompiledCode()
await runKeeper({
  dataDir: config.dataDir,
  databaseUrl: config.databaseUrl,
  argv: process.argv.slice(2),
  // Loaded only when everything goes down: the keeper itself stays small.
  stopDynos: async (dataDir) => (await import('#/engine/stop-all-dynos.ts')).stopAllDynos(dataDir),
  log: createLogger('keeper'),
})
