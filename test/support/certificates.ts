import 'reflect-metadata' // which the library below needs to be there first
import { randomBytes, webcrypto, KeyObject } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export type TestCertificate = {
  /** PEM */
  certificate: string
  key: string
  keys: webcrypto.CryptoKeyPair
  parsed: x509.X509Certificate
}

type Wanted = {
  names?: string[]
  issuer?: TestCertificate
  isAuthority?: boolean
  /** From now, in days. */
  validFrom?: number
  validTo?: number
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000

/** A real certificate with its key: self-signed without an issuer. */
export const aCertificate = async ({
  names = [],
  issuer,
  isAuthority = false,
  validFrom = -1,
  validTo = 30,
}: Wanted): Promise<TestCertificate> => {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const subject = `CN=${names[0] ?? `authority ${randomBytes(3).toString('hex')}`}, O=Test`
  const parsed = await x509.X509CertificateGenerator.create({
    serialNumber: `1${randomBytes(8).toString('hex')}`,
    subject,
    issuer: issuer?.parsed.subjectName ?? subject,
    notBefore: new Date(Date.now() + validFrom * DAY_MS),
    notAfter: new Date(Date.now() + validTo * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(names.length > 0
        ? [
            new x509.SubjectAlternativeNameExtension(
              names.map((value) => ({ type: 'dns' as const, value })),
            ),
          ]
        : []),
    ],
  })
  return {
    certificate: `${parsed.toString('pem')}\n`,
    key: String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })),
    keys,
    parsed,
  }
}

/** An authority, one that it authorised, and a certificate of that one for these names. */
export const aChain = async (names: string[], given: Wanted = {}) => {
  const root = await aCertificate({ isAuthority: true })
  const between = await aCertificate({ isAuthority: true, issuer: root })
  const leaf = await aCertificate({ names, issuer: between, ...given })
  return { root, between, leaf, chain: leaf.certificate + between.certificate, key: leaf.key }
}
