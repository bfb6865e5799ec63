import http from 'node:http'
import https from 'node:https'

/** What visitors saw while something was done to the platform. */
export type LoadResult = {
  sent: number
  ok: number
  failures: string[]
  bodies: string[]
  longestMs: number
}

/**
 * Visitors who do not wait for one another: a request every `1000 / perSecond` ms whatever the answers do, half of
 * them on connections that are kept, half on new ones.
 */
export const startLoad = ({
  port,
  host,
  perSecond = 50,
  path = '/',
  ca,
}: {
  port: number
  host: string
  perSecond?: number
  path?: string
  /** They come by TLS, and believe this authority alone. */
  ca?: string
}) => {
  const { Agent, request } = ca === undefined ? http : https
  const secure = ca === undefined ? {} : { ca, servername: host }
  const keepAlive = new Agent({ keepAlive: true, maxSockets: 20 })
  const result: LoadResult = { sent: 0, ok: 0, failures: [], bodies: [], longestMs: 0 }
  const pending = new Set<Promise<void>>()

  const visit = (): Promise<void> =>
    new Promise((resolve) => {
      const began = performance.now()
      const isKept = result.sent % 2 === 0
      result.sent += 1
      const fail = (why: string): void => {
        result.failures.push(
          `${new Date().toISOString()} ${why} after ${Math.round(performance.now() - began)} ms`,
        )
        resolve()
      }
      const sent = request(
        {
          ...{ host: '127.0.0.1', port, path, headers: { host }, ...secure },
          agent: isKept ? keepAlive : false,
        },
        (response) => {
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => (body += chunk))
          response.once('error', (error) => fail(`broken body: ${error.message}`))
          response.once('end', () => {
            result.longestMs = Math.max(result.longestMs, performance.now() - began)
            if (response.statusCode !== 200)
              return fail(`${response.statusCode} ${body.slice(0, 80)}`)
            result.ok += 1
            if (result.bodies.at(-1) !== body) result.bodies.push(body)
            resolve()
          })
        },
      )
      sent.once('error', (error) => fail(error.message))
      sent.setTimeout(60_000, () => sent.destroy(new Error('no answer for 60 s')))
      sent.end()
    })

  const timer = setInterval(() => {
    const visited = visit().finally(() => pending.delete(visited))
    pending.add(visited)
  }, 1000 / perSecond)

  return {
    result,
    stop: async (): Promise<LoadResult> => {
      clearInterval(timer)
      await Promise.all(pending)
      keepAlive.destroy()
      return result
    },
  }
}
