import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Settings } from '#/foundation/settings.ts'

const ANSWER_LIMIT_MS = 3_000

export type Reach = { api: boolean; router: boolean }

/** Whether API and router answer. The router may answer anything, as nobody's app is asked for. */
export const reachPlatform = async ({ host, apiPort, routerPort }: Settings): Promise<Reach> => {
  const address = ANY_ADDRESS[host] ?? host
  const [api, router] = await Promise.all([
    statusOf(address, apiPort, '/health'),
    statusOf(address, routerPort, '/'),
  ])
  return { api: api === 200, router: router !== undefined }
}

/** As `reachPlatform` once both answer, or when the limit has passed. */
export const untilReachable = async (settings: Settings, limitMs: number): Promise<Reach> => {
  const deadline = performance.now() + limitMs
  for (;;) {
    const reach = await reachPlatform(settings)
    if ((reach.api && reach.router) || performance.now() > deadline) return reach
    await pause(50)
  }
}

/** One may bind to any address, but not connect to it. */
const ANY_ADDRESS: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

const statusOf = (host: string, port: number, path: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const request = get(
      { host, port, path, agent: false, timeout: ANSWER_LIMIT_MS },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    request.on('timeout', () => request.destroy()).on('error', () => resolve(undefined))
  })
