import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto'
import { sha256 } from '#/foundation/ids.ts'

/** A person's public key, kept as Heroku keeps it. Code comes over HTTPS here: no key opens anything. */
export type SshKey = {
  id: string
  publicKey: string
  comment: string
  fingerprint: string
  createdAt: Date
  updatedAt: Date
}

export const MOST_SSH_KEYS = 50
const MOST_COMMENT = 200
const RSA_BITS = [2048, 16_384] as const

export type ParsedKey = {
  /** `type base64`, without a comment. */
  text: string
  comment: string
  fingerprint: string
  hash: Buffer
}

/** One line of a `.pub` file as OpenSSH writes it; a sentence that says what is wrong with it otherwise. */
export const parseSshKey = (given: string): ParsedKey | string => {
  if (/PRIVATE KEY/.test(given))
    return 'This is a private key. Never give it away: it is the .pub file beside it that is wanted.'
  const [, type = '', encoded = '', rest = ''] =
    /^([a-z0-9@.-]+) +([A-Za-z0-9+/]+={0,2})(?:[ \t]+([^\r\n]*))?$/.exec(given.trim()) ?? []
  const blob = Buffer.from(encoded, 'base64')
  if (!type || blob.toString('base64') !== encoded)
    return 'This is no public key in the format of OpenSSH: one line such as ssh-ed25519 AAAA… comment.'
  const problem = problemOf(type, blob)
  if (problem !== undefined) return problem
  const comment = rest.trim()
  if (comment.length > MOST_COMMENT || /\p{C}/u.test(comment))
    return `The comment of the key may have ${MOST_COMMENT} characters, none of them invisible.`
  return { text: `${type} ${encoded}`, comment, fingerprint: md5Of(blob), hash: sha256(blob) }
}

const md5Of = (blob: Buffer): string =>
  (createHash('md5').update(blob).digest('hex').match(/../g) ?? []).join(':')

const CURVES: Record<string, { crv: string; bytes: number }> = {
  nistp256: { crv: 'P-256', bytes: 32 },
  nistp384: { crv: 'P-384', bytes: 48 },
  nistp521: { crv: 'P-521', bytes: 66 },
}

const problemOf = (type: string, blob: Buffer): string | undefined => {
  if (type === 'ssh-dss') return 'DSA keys are broken. Make one with: ssh-keygen -t ed25519'
  const check = Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined
  if (!check) return `Keys of type ${type.slice(0, 50)} are not known here.`
  const [name, ...fields] = partsOf(blob) ?? []
  return name?.toString('latin1') === type ? check(fields) : DAMAGED
}

const DAMAGED = 'The key is damaged: what it holds is not what its type says.'

/** The length-prefixed parts of a key, undefined if it is not made of them. */
const partsOf = (blob: Buffer): Buffer[] | undefined => {
  const parts: Buffer[] = []
  let at = 0
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return undefined
    parts.push(blob.subarray(at + 4, end))
    at = end
  }
  return parts
}

const problemOfRsa = ([e, n, ...more]: Buffer[]): string | undefined => {
  if (!e || !n || more.length > 0 || !isNumber(e) || !isNumber(n)) return DAMAGED
  const bits = BigInt(`0x${n.toString('hex')}`).toString(2).length
  const [least, most] = RSA_BITS
  if (bits < least || bits > most)
    return `An RSA key must have ${least} to ${most} bits, and this has ${bits}.`
  return isKey({ kty: 'RSA', n: textOf(n), e: textOf(e) }) ? undefined : DAMAGED
}

/** A positive number of SSH, without needless zeros before it. */
const isNumber = (bytes: Buffer): boolean => {
  const [first, second] = bytes
  if (first === undefined || first > 127) return false
  return first > 0 || (second !== undefined && second > 127)
}

const problemOfEd25519 = ([x, ...more]: Buffer[]): string | undefined =>
  x?.length === 32 && more.length === 0 && isKey({ kty: 'OKP', crv: 'Ed25519', x: textOf(x) })
    ? undefined
    : DAMAGED

const problemOfEcdsa = (
  name: string,
  [curveName, point, ...more]: Buffer[],
): string | undefined => {
  const curve = CURVES[name]
  if (!curve || !point || more.length > 0 || curveName?.toString('latin1') !== name) return DAMAGED
  const { crv, bytes } = curve
  if (point.length !== 1 + 2 * bytes || point[0] !== 4) return DAMAGED
  const x = textOf(point.subarray(1, 1 + bytes))
  const y = textOf(point.subarray(1 + bytes))
  return isKey({ kty: 'EC', crv, x, y }) ? undefined : DAMAGED
}

const textOf = (bytes: Buffer): string => bytes.toString('base64url')

/** Whether OpenSSL takes it: a point may lie off its curve. */
const isKey = (key: JsonWebKey): boolean => {
  try {
    createPublicKey({ key, format: 'jwk' })
    return true
  } catch {
    return false
  }
}

type Check = (fields: Buffer[]) => string | undefined

/** Keys in hardware name the application they are for, after the rest. */
const inHardware =
  (check: Check): Check =>
  (fields) =>
    fields.at(-1)?.length ? check(fields.slice(0, -1)) : DAMAGED

const CHECKS: Record<string, Check> = {
  'ssh-ed25519': problemOfEd25519,
  'ssh-rsa': problemOfRsa,
  'ecdsa-sha2-nistp256': (fields) => problemOfEcdsa('nistp256', fields),
  'ecdsa-sha2-nistp384': (fields) => problemOfEcdsa('nistp384', fields),
  'ecdsa-sha2-nistp521': (fields) => problemOfEcdsa('nistp521', fields),
  'sk-ssh-ed25519@openssh.com': inHardware(problemOfEd25519),
  'sk-ecdsa-sha2-nistp256@openssh.com': inHardware((fields) => problemOfEcdsa('nistp256', fields)),
}
