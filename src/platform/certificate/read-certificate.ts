import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import tls from 'node:tls'
import { invalidParams } from '#/foundation/errors.ts'
import type { Certificate } from './certificate.ts'

export type CertificateText = { chain: string; privateKey: string }

/** What a certificate says of itself. */
export type CertificateFacts = Pick<
  Certificate,
  'chain' | 'names' | 'subject' | 'issuer' | 'startsAt' | 'expiresAt' | 'selfSigned' | 'caSigned'
>

/** Bytes of a chain or key. A long chain is a tenth of it. */
const LONGEST = 100_000
const MOST_LINKS = 10
const MOST_NAMES = 500
const SMALLEST_RSA_BITS = 2048

/** Takes a chain and its private key apart, whatever the order of the chain. @throws an error that says what is wrong with them */
export const readCertificate = ({
  chain,
  privateKey,
}: CertificateText): { facts: CertificateFacts; privateKey: string } => {
  const certificates = readChain(chain)
  const key = readKey(privateKey)
  const leaf = certificates.find((one) => one.checkPrivateKey(key))
  if (!leaf)
    throw invalidParams('The private key does not belong to any certificate of this chain.')
  const links = linkChain(leaf, certificates)
  const names = namesOf(leaf)
  refuseOutOfTime(leaf)
  const text = links.map((one) => one.toString()).join('')
  const keyText = String(key.export({ type: 'pkcs8', format: 'pem' }))
  refuseUnservable(text, keyText)
  return {
    privateKey: keyText,
    facts: {
      chain: text,
      names,
      subject: onOneLine(leaf.subject),
      issuer: onOneLine(leaf.issuer),
      startsAt: new Date(leaf.validFrom),
      expiresAt: new Date(leaf.validTo),
      selfSigned: isIssuedBy(leaf, leaf),
      caSigned: endsInTrust(links),
    },
  }
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

const readChain = (text: string): X509Certificate[] => {
  const blocks = text.length > LONGEST ? [] : (text.match(BLOCK) ?? [])
  if (blocks.length === 0 || blocks.length > MOST_LINKS)
    throw invalidParams(`certificate_chain must be 1 to ${MOST_LINKS} certificates in PEM.`)
  return blocks.map((block, at) => {
    try {
      return new X509Certificate(block)
    } catch {
      throw invalidParams(`Certificate ${at + 1} of the chain cannot be read.`)
    }
  })
}

const readKey = (text: string): KeyObject => {
  if (text.length > LONGEST || !text.includes('PRIVATE KEY-----'))
    throw invalidParams('private_key must be a private key in PEM.')
  if (text.includes('ENCRYPTED'))
    throw invalidParams('The private key is protected by a passphrase. Remove it first.')
  const key = parseKey(text)
  refuseWeak(key)
  return key
}

const parseKey = (text: string): KeyObject => {
  try {
    return createPrivateKey(text)
  } catch {
    // What the library says of it may hold parts of it.
    throw invalidParams('The private key cannot be read.')
  }
}

const refuseWeak = ({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): void => {
  if (type !== 'rsa' && type !== 'ec')
    throw invalidParams('The private key must be an RSA or an elliptic curve key.')
  if (type === 'rsa' && (details?.modulusLength ?? 0) < SMALLEST_RSA_BITS)
    throw invalidParams(`An RSA key must have ${SMALLEST_RSA_BITS} bits at least.`)
  if (type === 'ec' && !CURVES.includes(details?.namedCurve ?? ''))
    throw invalidParams('The curve of the private key must be P-256, P-384 or P-521.')
}

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1']

/** The leaf and those above it; what is not of the chain is left out. */
const linkChain = (leaf: X509Certificate, given: X509Certificate[]): X509Certificate[] => {
  const links = [leaf]
  for (let last = leaf; !isIssuedBy(last, last);) {
    const next = given.find((one) => !links.includes(one) && isIssuedBy(last, one))
    if (!next) break
    links.push(next)
    last = next
  }
  return links
}

const isIssuedBy = (one: X509Certificate, issuer: X509Certificate): boolean =>
  one.checkIssued(issuer) && one.verify(issuer.publicKey)

const HOST = /^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/

const namesOf = (leaf: X509Certificate): string[] => {
  const alternative = (leaf.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length))
  const common = /^CN=(.+)$/m.exec(leaf.subject)?.[1] ?? ''
  const named = (alternative.length > 0 ? alternative : [common]).map((name) => name.toLowerCase())
  const names = [...new Set(named)].filter((name) => name.length <= 253 && HOST.test(name))
  if (names.length === 0) throw invalidParams('The certificate is not for any host name.')
  if (names.length > MOST_NAMES)
    throw invalidParams(`A certificate can be for ${MOST_NAMES} names at most.`)
  return names
}

const refuseOutOfTime = ({ validFrom, validTo }: X509Certificate): void => {
  if (Date.parse(validTo) <= Date.now())
    throw invalidParams(`The certificate expired on ${validTo}.`)
  if (Date.parse(validFrom) > Date.now())
    throw invalidParams(`The certificate is valid from ${validFrom} only.`)
}

/** The router does just this with it. */
const refuseUnservable = (cert: string, key: string): void => {
  try {
    tls.createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  } catch {
    throw invalidParams('The certificate cannot be used for TLS: its signature or key is too weak.')
  }
}

let trusted: X509Certificate[] | undefined

const endsInTrust = (links: X509Certificate[]): boolean => {
  trusted ??= tls.rootCertificates.map((pem) => new X509Certificate(pem))
  const last = links.at(-1)
  return last !== undefined && trusted.some((root) => isSame(last, root) || isIssuedBy(last, root))
}

const isSame = (one: X509Certificate, other: X509Certificate): boolean =>
  one.fingerprint256 === other.fingerprint256

/** `/C=DE/O=Example/CN=example.com`, as Heroku writes it. */
const onOneLine = (distinguishedName: string): string =>
  `/${distinguishedName.split('\n').join('/')}`
