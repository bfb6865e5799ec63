import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, a new code every 30 seconds. */
const STEP_SECONDS = 30
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export const newSeed = (): Buffer => randomBytes(20)

export const codeAt = (seed: Buffer, step: number): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', seed).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

export const stepAt = (time: number): number => Math.floor(time / 1000 / STEP_SECONDS)

/** The step that a code is of: the present one, or one beside it, as clocks differ. */
export const findStep = (seed: Buffer, code: string, time = Date.now()): number | undefined => {
  const given = Buffer.from(code.replaceAll(/\s/g, ''))
  const now = stepAt(time)
  return [now, now - 1, now + 1].find((step) => {
    const expected = Buffer.from(codeAt(seed, step))
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

export const toBase32 = (bytes: Buffer): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('')
}

/** What an authenticator app reads, as text or as a QR code. */
export const otpauthUri = (seed: Buffer, email: string, host: string): string =>
  `otpauth://totp/${encodeURIComponent(`Sluice ${host}`)}:${encodeURIComponent(email)}?secret=${toBase32(seed)}&issuer=${encodeURIComponent(`Sluice ${host}`)}`

const RECOVERY_CODES = 10

/** Eighty random bits each, in groups that can be read aloud. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    (toBase32(randomBytes(10)).toLowerCase().match(/.{4}/g) ?? []).join('-'),
  )

/** A recovery code without what people add or leave out when they copy it; undefined if it cannot be one. */
export const plainRecoveryCode = (code: string): string | undefined => {
  const plain = code.replaceAll(/[\s-]/g, '').toLowerCase()
  return /^[a-z2-7]{16}$/.test(plain) ? plain : undefined
}
