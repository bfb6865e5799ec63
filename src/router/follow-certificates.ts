import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { followFeed } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { keepLastTable, readLastTable } from '#/foundation/last-table.ts'
import {
  CERTIFICATE_FEED,
  type ServedCertificate,
} from '#/platform/certificate/certificate-feed.ts'
import { CertificateTable } from './certificate-table.ts'
import { FIRST_TABLE_MS, LOOK_MS, type FollowOptions } from './follow-routes.ts'

/** In the router's own folder, for nobody else to read: it holds private keys. */
const FILE = 'certificates.jsonl'
const KEEP_TABLE_MS = 1_000

export type Certificates = {
  table: CertificateTable
  /** The copy on disk is left to whoever comes next. */
  leaveDisk: () => Promise<void>
  stop: () => void
}

/** As `followRoutes`, for certificates. */
export const followCertificates = async ({
  dir,
  log,
  feedSocket,
  firstTableMs = FIRST_TABLE_MS,
}: FollowOptions): Promise<Certificates> => {
  const path = join(dir, FILE)
  const table = new CertificateTable(log)
  const lastTable = keepLastTable({
    path,
    everyMs: KEEP_TABLE_MS,
    log,
    read: () => table.copy(),
  })
  const feed = followFeed<ServedCertificate, Record<string, never>>({
    path: feedSocket,
    feed: CERTIFICATE_FEED,
    follower: `router-${newId()}`,
    log,
    applyTable: (whole) => {
      table.replace(whole)
      lastTable.changed()
    },
    applyChange: (change) => {
      table.change(change)
      lastTable.changed()
    },
    wholeReport: () => ({}),
  })
  const deadline = performance.now() + firstTableMs
  while (table.number === -1 && performance.now() < deadline) await pause(LOOK_MS)
  const last = table.number === -1 ? await readLastTable<ServedCertificate>(path, log) : undefined
  // The feed may have come while the disk was read, and knows better.
  if (last && table.number === -1) table.replace(last)
  return { table, leaveDisk: lastTable.stop, stop: feed.stop }
}
