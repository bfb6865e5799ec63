import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import type { CertificateTable } from './certificate-table.ts'

/** Paths of the platform's own certificate and its key, in PEM. */
export type CertificateFiles = { certificate: string; key: string }

/**
 * Shakes hands with TLS clients, of version 1.2 at least, for HTTP/1.1: with the certificate of the host that they ask
 * for, or else with the platform's own. It listens nowhere; a door hands it what it accepts.
 */
export const createHandshaker = async (
  files: CertificateFiles,
  table: CertificateTable,
  handshakeTimeout: number,
): Promise<tls.Server> =>
  tls.createServer({
    cert: await readFile(files.certificate),
    key: await readFile(files.key),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => done(null, table.find(name)),
    handshakeTimeout,
  })
