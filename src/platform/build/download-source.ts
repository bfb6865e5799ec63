import { createWriteStream } from 'node:fs'
import { get as getHttps, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { messageOf } from '#/foundation/errors.ts'
import {
  bareHost,
  guardedLookup,
  isHostReachable,
  privateSourceHosts,
} from '#/foundation/guarded-lookup.ts'
import { BuildFailure } from './build.ts'

export type DownloadOptions = {
  limitBytes: number
  signal: AbortSignal
  /** Hosts that may have private addresses. */
  privateHosts?: readonly string[]
  /** For a certificate authority of one's own. */
  ca?: string
}

const MOST_REDIRECTS = 5
const SILENCE_LIMIT_MS = 60_000

/**
 * Fetches a tarball over HTTPS into a file. Wherever names and redirects lead, only public addresses are connected to.
 * @throws BuildFailure in words
 */
export const downloadSource = async (
  url: string,
  file: string,
  options: DownloadOptions,
): Promise<void> => {
  try {
    const response = await follow(new URL(url), options, MOST_REDIRECTS)
    let bytes = 0
    const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        bytes += chunk.length
        if (bytes > options.limitBytes) throw refusal(`has more than ${options.limitBytes} bytes`)
        yield chunk
      }
    }
    await pipeline(response, count, createWriteStream(file, { flags: 'wx' }), {
      signal: options.signal,
    })
  } catch (error) {
    options.signal.throwIfAborted()
    throw error instanceof BuildFailure
      ? error
      : refusal(`could not be fetched: ${messageOf(error)}`)
  }
}

const refusal = (what: string): BuildFailure => new BuildFailure(`the source ${what}.`)

const follow = async (
  url: URL,
  options: DownloadOptions,
  redirects: number,
): Promise<IncomingMessage> => {
  const response = await request(url, options)
  const { statusCode = 0, headers } = response
  if (statusCode >= 200 && statusCode < 300) return response
  response.resume()
  if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
    throw refusal(`could not be fetched: the server answered ${statusCode}`)
  if (redirects === 0) throw refusal('is behind too many redirects')
  return follow(new URL(headers.location, url), options, redirects - 1)
}

const request = (url: URL, options: DownloadOptions): Promise<IncomingMessage> => {
  const privateHosts = options.privateHosts ?? privateSourceHosts()
  const host = bareHost(url.hostname)
  if (url.protocol !== 'https:') throw refusal('must be at an https URL')
  if (!isHostReachable(host, privateHosts))
    throw refusal(`is at ${host}, which is not a public address`)
  const settings: RequestOptions = {
    agent: false,
    signal: options.signal,
    timeout: SILENCE_LIMIT_MS,
    lookup: guardedLookup(privateHosts),
    headers: { 'user-agent': 'sluice' },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  }
  return new Promise((resolve, reject) => {
    const sent = getHttps(url, settings, resolve)
    sent.once('timeout', () => sent.destroy(new Error('the server says nothing')))
    sent.once('error', reject)
  })
}
