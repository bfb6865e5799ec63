import { request as requestHttp } from 'node:http'
import { request as requestHttps, type RequestOptions } from 'node:https'
import { invalidParams } from '#/foundation/errors.ts'
import {
  bareHost,
  guardedLookup,
  isHostReachable,
  privateWebhookHosts,
} from '#/foundation/guarded-lookup.ts'

const LIMIT_MS = 10_000

/** @throws 422 in words if a webhook may not go there */
export const checkWebhookUrl = (text: string, hosts = privateWebhookHosts()): URL => {
  const url = URL.parse(text)
  if (!url || !isWebhookUrl(url, hosts))
    throw invalidParams('A webhook needs an https URL without a password in it.')
  if (!isHostReachable(bareHost(url.hostname), hosts))
    throw invalidParams(`A webhook cannot go to ${url.hostname}: that is not a public address.`)
  return url
}

const isWebhookUrl = (url: URL, hosts: string[]): boolean => {
  if (url.hostname === '' || url.username !== '' || url.password !== '') return false
  const isNamed = hosts.includes(bareHost(url.hostname))
  return url.protocol === 'https:' || (url.protocol === 'http:' && isNamed)
}

/**
 * Posts the text and returns the status of the answer, whose body nobody reads. Goes nowhere but to public addresses,
 * whatever the name means by now, and follows no redirect.
 */
export const postJson = (
  text: string,
  body: string,
  headers: Record<string, string>,
  hosts = privateWebhookHosts(),
): Promise<number> => {
  const url = checkWebhookUrl(text, hosts)
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal: AbortSignal.timeout(LIMIT_MS),
    lookup: guardedLookup(hosts),
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
