import { bareHost, isHostReachable } from '#/foundation/guarded-lookup.ts'
import { httpsSender } from './https-sender.ts'
import { DeliveryError, type Sender, type SenderOptions } from './sender.ts'
import { syslogSender } from './syslog-sender.ts'

/** The way to a drain's receiver. @param options `url` was checked when the drain was made */
export const openSender = (options: SenderOptions): Sender => {
  const url = new URL(options.url)
  const host = bareHost(url.hostname).toLowerCase()
  if (!isHostReachable(host, options.privateHosts)) return nowhere(host)
  if (url.protocol === 'https:') return httpsSender(options)
  const isTls = url.protocol === 'syslog+tls:'
  const port = url.port === '' ? (isTls ? 6514 : 514) : Number(url.port)
  return syslogSender({ host, port, isTls }, options)
}

const nowhere = (host: string): Sender => ({
  host: 'host',
  send: () => Promise.reject(new DeliveryError(`${host} is not a public address`)),
  close: () => {},
})
