import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** An app that takes longer for one answer is not ready. */
const ANSWER_MS = 5_000
const AGAIN_MS = 100

export type HealthCheck = { host: string; port: number; path: string; limitMs: number }

/**
 * Asks again and again until it is answered with success (2xx, 3xx), and returns undefined then; also at the signal.
 * What was answered last if that takes too long.
 */
export const untilAnswering = async (
  { host, port, path, limitMs }: HealthCheck,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const deadline = performance.now() + limitMs
  for (;;) {
    const answer = await ask({ host, port, path }, signal)
    if (signal.aborted || /^[23]\d\d$/.test(answer)) return undefined
    if (performance.now() >= deadline) return answer
    await pause(AGAIN_MS)
  }
}

/** The status, or `nothing`. An app that insists on HTTPS is told that this is. */
const ask = (
  at: Pick<HealthCheck, 'host' | 'port' | 'path'>,
  signal: AbortSignal,
): Promise<string> =>
  new Promise((resolve) => {
    const headers = { host: 'localhost', 'x-forwarded-proto': 'https', connection: 'close' }
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
    get({ ...at, headers, agent: false, signal: limit }, (response) => {
      response.on('error', () => {}).destroy()
      resolve(String(response.statusCode))
    }).on('error', () => resolve('nothing'))
  })
