import assert from 'node:assert/strict'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { PATIENCE, type RouteSource } from './router.ts'
import { until } from './until.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/router.ts', import.meta.url))

export type RouterProcess = { pid: number; stop: (signal: NodeJS.Signals) => Promise<unknown> }

/** A port that is bound here, as the keeper does, and listened on by the routers that get its descriptor. */
export const aSharedPort = () => {
  const bound = new net.BoundSocket({ host: '127.0.0.1', port: 0 })
  const address = bound.address()
  const running = new Set<RouterProcess>()
  return {
    port: typeof address === 'object' && 'port' in address ? address.port : 0,
    /** Starts a router there; resolves when it accepts. */
    startRouter: async (
      source: Pick<RouteSource, 'dir'>,
      before: string[] = [],
      ...options: string[]
    ): Promise<RouterProcess> => {
      const program = [process.execPath, PROGRAM, '--listen-fd', '3', ...options]
      const [file = '', ...args] = [...before, ...program]
      const child = start(file, args, {
        stdio: ['ignore', 'ignore', 'pipe', bound.fd()],
        env: { ...hostEnvironment(), SLUICE_DATA_DIR: source.dir },
      })
      let said = ''
      child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()))
      const gone = ended(child)
      const router = {
        pid: child.pid ?? 0,
        stop: async (signal: NodeJS.Signals) => {
          child.kill(signal)
          const { code } = await gone
          running.delete(router)
          return code
        },
      }
      running.add(router)
      await until(() => {
        assert.equal(child.exitCode, null, said)
        return said.includes('accepts requests')
      }, PATIENCE)
      return router
    },
    [Symbol.asyncDispose]: async () => {
      for (const router of running) await router.stop('SIGKILL')
      bound.close()
    },
  }
}
