import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/** AES-256-GCM with a fresh 96-bit nonce. Stored as `v1.<nonce>.<ciphertext>.<tag>`, each base64url. */
const VERSION = 'v1'
const encode = (bytes: Buffer): string => bytes.toString('base64url')
const decode = (text: string): Buffer => Buffer.from(text, 'base64url')

export const newKey = (): Buffer => randomBytes(32)

/** @param place what the text belongs to (table, column, row, key version); opening it with another place fails. */
export const seal = (key: Buffer, place: readonly string[], plaintext: string | Buffer): string => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData(place))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return [VERSION, encode(nonce), encode(ciphertext), encode(cipher.getAuthTag())].join('.')
}

/** Throws if the text was altered, moved to another place, or sealed with another key. */
export const unseal = (key: Buffer, place: readonly string[], sealed: string): Buffer => {
  const [version, nonce, ciphertext, tag] = sealed.split('.')
  if (version !== VERSION || nonce === undefined || ciphertext === undefined || tag === undefined)
    throw new Error('Not a sealed value.')
  const decipher = createDecipheriv('aes-256-gcm', key, decode(nonce))
    .setAAD(additionalData(place))
    .setAuthTag(decode(tag))
  return Buffer.concat([decipher.update(decode(ciphertext)), decipher.final()])
}

const additionalData = (place: readonly string[]): Buffer =>
  Buffer.from([VERSION, ...place].join('|'))

/** A keyed tag in lower-case hex that proves `text` came from a holder of `key`. */
export const sign = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex')

export const isSignedBy = (key: Buffer, text: string, signature: string): boolean => {
  const expected = Buffer.from(sign(key, text))
  const given = Buffer.from(signature)
  return expected.length === given.length && timingSafeEqual(expected, given)
}
