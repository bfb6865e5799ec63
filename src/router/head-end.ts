import { CR, LF } from './octets.ts'

/** Where the head that begins before `from` ends: behind its empty line; -1 if that has not come yet. */
export const findHeadEnd = (bytes: Uint8Array, from: number, end: number): number => {
  // Looks at each fourth octet until it meets one that can be of CR LF CR LF.
  let at = from + 3
  while (at < end) {
    const octet = bytes[at]
    if (octet === LF) {
      if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1
      at += 2
    } else at += octet === CR ? 1 : 4
  }
  return -1
}

/** True if what has come of a head can become none any more, so that nobody waits for its end. */
export const isHopeless = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) {
    const octet = bytes[at]
    if (octet === 0) return true
    if (octet === LF && (at === start || bytes[at - 1] !== CR)) return true
    if (octet === CR && at + 1 < end && bytes[at + 1] !== LF) return true
  }
  return false
}
