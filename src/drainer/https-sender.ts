import { Agent, request } from 'node:https'
import { guardedLookup } from '#/foundation/guarded-lookup.ts'
import type { Frame } from './frame.ts'
import { DeliveryError, deliveryErrorOf, type Sender, type SenderOptions } from './sender.ts'

/** Posts frames as Heroku's logplex does. Redirects are not followed. */
export const httpsSender = (options: SenderOptions): Sender => {
  const { url, privateHosts } = options
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    timeout: options.limitMs,
    lookup: guardedLookup(privateHosts),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  })
  return {
    host: 'host',
    send: (frame) => post(new URL(url), agent, frame, options),
    close: () => agent.destroy(),
  }
}

const post = (
  url: URL,
  agent: Agent,
  frame: Frame,
  { token, limitMs }: SenderOptions,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(limitMs)
    const fail = (error: Error): void =>
      reject(limit.aborted ? new DeliveryError('it takes too long') : deliveryErrorOf(error))
    const sent = request(url, {
      method: 'POST',
      agent,
      signal: limit,
      headers: {
        'content-type': 'application/logplex-1',
        'content-length': frame.bytes.length,
        'logplex-msg-count': String(frame.lines),
        'logplex-frame-id': frame.id,
        'logplex-drain-token': token,
        'user-agent': 'Logplex/v73',
      },
    })
    sent.once('error', fail)
    sent.once('response', (response) => {
      const status = response.statusCode ?? 0
      response.once('error', fail).resume()
      response.once('end', () => {
        if (status >= 200 && status < 300) resolve()
        else reject(new DeliveryError(`it answers ${status}`, { isRefusal: REFUSALS.has(status) }))
      })
    })
    sent.end(frame.bytes)
  })

/** It is what we send, not us or the time, that the receiver does not like. */
const REFUSALS = new Set([400, 413, 414, 415, 422, 431])
