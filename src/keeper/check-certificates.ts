import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificateNames } from './certificate-names.ts'

export const certificatePaths = (dir: string) => ({
  authority: join(dir, 'ca.pem'),
  authorityKey: join(dir, 'ca.key'),
  server: join(dir, 'server.pem'),
  serverKey: join(dir, 'server.key'),
})

/** A certificate with less time left is issued anew. */
const RENEW_DAYS = 60
const DAY_MS = 86_400_000

/** Whether the server's certificate is there, ours, for the right names, with its key, and valid for some time to come. */
export const areCertificatesGood = (dir: string, domain: string): boolean => {
  const paths = certificatePaths(dir)
  const authority = readCertificate(paths.authority)
  const server = readCertificate(paths.server)
  return (
    authority !== undefined &&
    server !== undefined &&
    isAuthorityGood(dir) &&
    isValidForLong(server) &&
    hasKey(server, paths.serverKey) &&
    server.checkIssued(authority) &&
    server.verify(authority.publicKey) &&
    isForNames(server, domain)
  )
}

export const isAuthorityGood = (dir: string): boolean => {
  const { authority, authorityKey } = certificatePaths(dir)
  const certificate = readCertificate(authority)
  return (
    certificate !== undefined && isValidForLong(certificate) && hasKey(certificate, authorityKey)
  )
}

const isValidForLong = ({ validTo }: X509Certificate): boolean =>
  Date.parse(validTo) - Date.now() > RENEW_DAYS * DAY_MS

/** By what it says, since matching refuses wildcards below a single label such as `*.localhost`. */
const isForNames = ({ subjectAltName }: X509Certificate, domain: string): boolean => {
  const named = subjectAltName?.split(', ') ?? []
  return certificateNames(domain)
    .filter(({ type }) => type === 'dns')
    .every(({ value }) => named.includes(`DNS:${value}`))
}

const readCertificate = (path: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(readFileSync(path))
  } catch {
    return undefined // missing or garbled: it is issued anew
  }
}

const hasKey = (certificate: X509Certificate, keyPath: string): boolean => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(readFileSync(keyPath)))
  } catch {
    return false
  }
}
