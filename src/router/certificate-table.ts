import tls from 'node:tls'
import type { FeedChange, FeedTable } from '#/foundation/feed.ts'
import type { Log } from '#/foundation/log.ts'
import type { ServedCertificate } from '#/platform/certificate/certificate-feed.ts'

/** Host → certificate. What is made of one for TLS is made when it is first asked for, and kept. */
export class CertificateTable {
  /** Of the change applied last; -1: none yet. */
  number = -1
  readonly #rows = new Map<string, ServedCertificate>()
  readonly #hosts = new Map<string, ServedCertificate>()
  readonly #contexts = new WeakMap<ServedCertificate, tls.SecureContext | 'unusable'>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** For the name that a client asks for in its hello; undefined: the platform's own will have to do. */
  find(name: string): tls.SecureContext | undefined {
    const host = name.toLowerCase()
    const row = this.#hosts.get(host) ?? this.#hosts.get(`*${host.slice(host.indexOf('.'))}`)
    if (!row) return undefined
    const context = this.#contexts.get(row) ?? this.#make(row)
    return context === 'unusable' ? undefined : context
  }

  copy(): FeedTable<ServedCertificate> {
    return { number: this.number, rows: [...this.#rows.values()] }
  }

  replace({ number, rows }: FeedTable<ServedCertificate>): void {
    const ids = new Set(rows.map(({ id }) => id))
    this.change({ number, set: rows, remove: [...this.#rows.keys()].filter((id) => !ids.has(id)) })
  }

  change({ number, set, remove }: FeedChange<ServedCertificate>): void {
    set.forEach(assertCertificate)
    for (const id of remove) this.#takeOut(id)
    for (const { id } of set) this.#takeOut(id)
    for (const row of set) {
      this.#rows.set(row.id, row)
      for (const host of row.hosts) this.#hosts.set(host, row)
    }
    this.number = number
  }

  #takeOut(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    this.#rows.delete(id)
    for (const host of row.hosts) if (this.#hosts.get(host) === row) this.#hosts.delete(host)
  }

  #make(row: ServedCertificate): tls.SecureContext | 'unusable' {
    let context: tls.SecureContext | 'unusable' = 'unusable'
    try {
      context = tls.createSecureContext({ cert: row.chain, key: row.key, minVersion: 'TLSv1.2' })
    } catch {
      // Without what the library says, which may hold parts of the key.
      this.#log.error({ certificateId: row.id }, 'a certificate cannot be used')
    }
    this.#contexts.set(row, context)
    return context
  }
}

/** What comes from another process is looked at before it is believed. */
const assertCertificate = ({ id, hosts, chain, key }: ServedCertificate): void => {
  const isGood =
    typeof id === 'string' &&
    Array.isArray(hosts) &&
    hosts.every((host) => typeof host === 'string') &&
    typeof chain === 'string' &&
    typeof key === 'string'
  if (!isGood) throw new Error(`Certificate ${id} is malformed.`)
}
