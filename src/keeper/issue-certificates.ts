import 'reflect-metadata' // which the library below needs to be there first
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as x509 from '@peculiar/x509'
import { writeDurably } from '#/foundation/durable-file.ts'
import { newSecret } from '#/foundation/ids.ts'
import { certificatePaths, isAuthorityGood } from './check-certificates.ts'
import { certificateNames } from './certificate-names.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
/** Clients of the Apple kind refuse certificates that are valid for longer than 825 days. */
const SERVER_DAYS = 800

/**
 * Issues the server's certificate, by the authority of this data directory, which is made first if there is none.
 * Whoever trusts the authority goes on trusting the server after a renewal.
 */
export const issueCertificates = async (dir: string, domain: string): Promise<void> => {
  const paths = certificatePaths(dir)
  if (!isAuthorityGood(dir)) await createAuthority(dir)
  const authority = new x509.X509Certificate(await readFile(paths.authority, 'utf8'))
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    ...validFor(SERVER_DAYS),
    serialNumber: newSerialNumber(),
    subject: 'CN=localhost, O=Sluice',
    issuer: authority.subjectName,
    publicKey: keys.publicKey,
    signingKey: await readKey(paths.authorityKey),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(certificateNames(domain)),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  // A start that dies between the two finds that they do not belong together and issues them again.
  await writeDurably(paths.serverKey, exportKey(keys.privateKey))
  await writeDurably(paths.server, `${certificate.toString('pem')}\n`)
}

const createAuthority = async (dir: string): Promise<void> => {
  const paths = certificatePaths(dir)
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validFor(AUTHORITY_DAYS),
    serialNumber: newSerialNumber(),
    name: `CN=Sluice local authority ${newSecret().slice(0, 8)}, O=Sluice`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  await writeDurably(paths.authorityKey, exportKey(keys.privateKey))
  await writeDurably(paths.authority, `${certificate.toString('pem')}\n`, 0o644)
}

/** From a day ago, for clients whose clocks are late. */
const validFor = (days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + (days - 1) * DAY_MS),
})

/** 128 bits; the first digit keeps it positive. */
const newSerialNumber = (): string => `1${newSecret().slice(0, 31)}`

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const exportKey = (key: webcrypto.CryptoKey): string =>
  String(KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }))

const readKey = async (path: string): Promise<webcrypto.CryptoKey> =>
  createPrivateKey(await readFile(path)).toCryptoKey(ALGORITHM, false, ['sign'])
