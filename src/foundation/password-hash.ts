import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { serviceUnavailable } from '#/foundation/errors.ts'

/** Argon2id by a native module; scrypt, which Node brings along, where that cannot be loaded. */
const argon2 = await import('@node-rs/argon2').catch(() => undefined)

/** OWASP's lowest for each; a hash says how it was made, so these may grow. */
const ARGON2 = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, outputLen: 32 }
const ARGON2_PREFIX = '$argon2id$v=19$m=19456,t=2,p=1$'
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 }
const SCRYPT_PREFIX = '$scrypt$N=131072,r=8,p=1$'

/** Hashes at once, each of which takes a core and some memory, and how many may wait for their turn. */
const AT_ONCE = 2
const MOST_WAITING = 40

export const hashPassword = (password: string): Promise<string> =>
  inTurn(async () => (argon2 ? argon2.hash(password, ARGON2) : hashByScrypt(password)))

export const isPasswordOf = (hash: string, password: string): Promise<boolean> =>
  inTurn(async () => {
    if (hash.startsWith('$scrypt$')) return isScryptOf(hash, password)
    if (!argon2) throw new Error('Passwords were hashed with Argon2, which cannot be loaded here.')
    return argon2.verify(hash, password)
  })

/** Whether the hash was made in another way than one would be made today. */
export const isOutdated = (hash: string): boolean =>
  !hash.startsWith(argon2 ? ARGON2_PREFIX : SCRYPT_PREFIX)

export const hashByScrypt = async (password: string): Promise<string> => {
  const salt = randomBytes(16)
  const key = await deriveKey(password, salt)
  return `${SCRYPT_PREFIX}${salt.toString('base64url')}$${key.toString('base64url')}`
}

const isScryptOf = async (hash: string, password: string): Promise<boolean> => {
  const [, , , salt = '', key = ''] = hash.split('$')
  const expected = Buffer.from(key, 'base64url')
  const given = await deriveKey(password, Buffer.from(salt, 'base64url'))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const deriveKey = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { ...SCRYPT, maxmem: 256 * 1024 ** 2 }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

let running = 0
const waiting: (() => void)[] = []

/** @throws 503 when so many wait that it would take long. */
const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING)
      throw serviceUnavailable('Too many people sign in at this moment. Try again in a moment.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
