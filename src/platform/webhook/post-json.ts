import { lookup as lookUp } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps, type RequestOptions } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { config } from '#/foundation/config.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { isPublicAddress } from '#/foundation/public-address.ts'

const LIMIT_MS = 10_000

/** Hosts that the operator lets webhooks go to though their addresses are private, also without TLS. */
const privateHosts = (): string[] =>
  config.privateWebhookHosts.split(',').map((host) => host.trim().toLowerCase())

/** @throws 422 in words if a webhook may not go there */
export const checkWebhookUrl = (text: string, hosts = privateHosts()): URL => {
  const url = URL.parse(text)
  if (!url || !isWebhookUrl(url, hosts))
    throw invalidParams('A webhook needs an https URL without a password in it.')
  const address = bare(url.hostname)
  if (isIP(address) && !isPublicAddress(address) && !hosts.includes(url.hostname))
    throw invalidParams(`A webhook cannot go to ${url.hostname}: that is not a public address.`)
  return url
}

const isWebhookUrl = (url: URL, hosts: string[]): boolean => {
  if (url.hostname === '' || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && hosts.includes(url.hostname))
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/**
 * Posts the text and returns the status of the answer, whose body nobody reads. Goes nowhere but to public addresses,
 * whatever the name means by now, and follows no redirect.
 */
export const postJson = (
  text: string,
  body: string,
  headers: Record<string, string>,
  hosts = privateHosts(),
): Promise<number> => {
  const url = checkWebhookUrl(text, hosts)
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal: AbortSignal.timeout(LIMIT_MS),
    lookup: guardedLookup(hosts.includes(url.hostname)),
    headers: {
      'user-agent': 'sluice',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const sent = send(url, options, (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** The connection goes to the very address that was judged: a name is not resolved a second time. */
const guardedLookup =
  (isPrivateAllowed: boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0]
      if (error || !first) return callback(error ?? new Error('no address'), [])
      if (!isPrivateAllowed && !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(new Error(`${hostname} has an address that is not public`), [])
      if (options.all) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
