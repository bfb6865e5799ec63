import { flushCompileCache } from 'node:module'

const AFTER_START_MS = 3_000

/**
 * Node keeps compiled code in NODE_COMPILE_CACHE (bin/sluice says where), so that processes start sooner and need
 * not load the compiler of types, some 20 MB. It writes the cache only at a clean exit; ours may be killed, so this
 * writes it once everything is loaded.
 */
export const keepCompiledCode = (): void => {
  setTimeout(() => flushCompileCache(), AFTER_START_MS).unref()
}
