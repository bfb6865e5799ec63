import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the value of a config var is in a slug. `files` are the first of `count`. */
export type FoundValue = { files: string[]; count: number }

const MOST_FILES = 20
const CHUNK_BYTES = 1024 * 1024
/** So long it works before others have their turn. */
const SLICE_MS = 15

/**
 * The config vars whose values are in files of a tree. Values that any code may have by itself are left out. All are
 * searched for at once: of each value four windows of four bytes, of which one lies at a multiple of four wherever
 * the value is, so that a fourth of the bytes is looked at.
 */
export const findValues = async (
  root: string,
  configVars: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Record<string, FoundValue>> => {
  const needles = needlesOf(configVars)
  if (needles.length === 0) return {}
  const found = new Map<string, FoundValue>()
  const search = searchFor(needles)
  let sliceEnd = performance.now() + SLICE_MS
  for await (const path of filesIn(root)) {
    for (const needle of search(join(root, path)))
      if (needle === null) {
        if (performance.now() < sliceEnd) continue
        await new Promise(setImmediate)
        signal?.throwIfAborted()
        sliceEnd = performance.now() + SLICE_MS
      } else
        for (const key of needle.keys) {
          const entry = found.get(key) ?? { files: [], count: 0 }
          found.set(key, entry)
          entry.count += 1
          if (entry.files.length < MOST_FILES) entry.files.push(shown(path))
        }
  }
  return Object.fromEntries(found)
}

/** Whoever made the files chose these names, and terminals print them. */
const shown = (path: string): string => path.replace(/\p{C}/gu, '?').slice(0, 300)

const SHORTEST = 8
/** Of a longer value its beginning does. */
const LONGEST = 256
/** Words, numbers and places that any code may have: `production`, `en_US.UTF-8`, `Europe/Vienna`, `127.0.0.1:5432`. */
const ORDINARY = [
  /^[a-z]+(?:[ _./-][a-z]+){0,5}$/i,
  /^[a-z]+(?:[-_.](?:[a-z]{1,8}|\d{1,4})){1,4}$/i,
  /^[\d.:,_-]+$/,
  /^https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?\/?$/i,
  /^\/?(?:[a-z]+\/)*[a-z]+\/?$/i,
  /^(.)\1*$/,
]
const LONGEST_ORDINARY = 40

/** Whether a value, where it is found, can only have come from the config var. */
export const isTelling = (value: string): boolean =>
  Buffer.byteLength(value) >= SHORTEST &&
  !(value.length <= LONGEST_ORDINARY && ORDINARY.some((pattern) => pattern.test(value.trim())))

type Needle = { keys: string[]; bytes: Buffer; anchor: number }

const needlesOf = (configVars: Readonly<Record<string, string>>): Needle[] => {
  const keysOf = new Map<string, string[]>()
  for (const [key, value] of Object.entries(configVars))
    if (isTelling(value)) keysOf.set(value, [...(keysOf.get(value) ?? []), key])
  const all = [...keysOf].map(([value, keys]) => ({
    keys,
    bytes: Buffer.from(value).subarray(0, LONGEST),
  }))
  const uses = new Map<number, number>()
  for (const { bytes } of all)
    for (const word of wordsOf(bytes)) uses.set(word, (uses.get(word) ?? 0) + 1)
  return all.map(({ keys, bytes }) => ({ keys, bytes, anchor: rarestPart(bytes, uses) }))
}

const WINDOWS = 4

/** The four bytes at each place. */
const wordsOf = (bytes: Buffer): number[] =>
  Array.from({ length: bytes.length - 3 }, (_, at) => bytes.readInt32LE(at))

/** Where the windows are of which ordinary files, and the other values, have the fewest: not `https://`. */
const rarestPart = (bytes: Buffer, uses: ReadonlyMap<number, number>): number => {
  const costs = wordsOf(bytes).map(
    (word, at) =>
      (uses.get(word) ?? 1) *
      (/^[a-z:/._\s-]*$/.test(bytes.toString('latin1', at, at + 4)) ? 10 : 1),
  )
  let best = 0
  let least = Infinity
  for (let start = 0; start + WINDOWS <= costs.length; start += 1) {
    const cost = costs.slice(start, start + WINDOWS).reduce((sum, one) => sum + one, 0)
    if (cost < least) [best, least] = [start, cost]
  }
  return best
}

const FILTER_BITS = 18
/** A bit for each word that may be a window's, small enough for the fastest memory. */
const slotOf = (word: number): number => Math.imul(word, 0x9e3779b1) >>> (32 - FILTER_BITS)

type Window = { needle: Needle; offset: number }

/** Yields what a file has as it is found, each needle once, and null after every chunk. */
const searchFor = (needles: Needle[]): ((path: string) => Generator<Needle | null>) => {
  const filter = new Uint8Array(1 << (FILTER_BITS - 3))
  const windows = new Map<number, Window[]>()
  for (const needle of needles)
    for (let shift = 0; shift < WINDOWS; shift += 1) {
      const offset = needle.anchor + shift
      const word = needle.bytes.readInt32LE(offset)
      const slot = slotOf(word)
      filter[slot >>> 3] = (filter[slot >>> 3] ?? 0) | (1 << (slot & 7))
      windows.set(word, [...(windows.get(word) ?? []), { needle, offset }])
    }
  // What was read last stays before what is read next, so that nothing is missed between two chunks.
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES + 2 * LONGEST)
  const words = new Int32Array(buffer.buffer, buffer.byteOffset, buffer.length >> 2)

  const searchChunk = (end: number, report: (needle: Needle) => void): void => {
    for (let at = 0, last = end >> 2; at < last; at += 1) {
      const word = words[at] as number
      const slot = slotOf(word)
      if ((((filter[slot >>> 3] as number) >>> (slot & 7)) & 1) === 0) continue
      for (const { needle, offset } of windows.get(word) ?? []) {
        const start = at * 4 - offset
        if (isAt(buffer, end, start, needle.bytes)) report(needle)
      }
    }
  }

  return function* search(path) {
    const file = openFile(path)
    if (file === undefined) return
    const seen = new Set<Needle>()
    try {
      let kept = 0
      for (;;) {
        const read = readSync(file, buffer, kept, CHUNK_BYTES, null)
        if (read > 0) {
          const end = kept + read
          searchChunk(end, (needle) => seen.add(needle))
          // The last bytes again with the next chunk, moved by a multiple of four.
          const from = Math.max(0, end - LONGEST) & ~3
          buffer.copyWithin(0, from, end)
          kept = end - from
        }
        yield null
        if (read < CHUNK_BYTES) break
      }
    } finally {
      closeSync(file)
    }
    yield* seen
  }
}

const isAt = (buffer: Buffer, end: number, start: number, bytes: Buffer): boolean =>
  start >= 0 &&
  start + bytes.length <= end &&
  buffer[start] === bytes[0] &&
  buffer[start + bytes.length - 1] === bytes[bytes.length - 1] &&
  buffer.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0

/** Nothing that is no file: no link is followed, no pipe waited for. What cannot be read is passed over. */
const openFile = (path: string): number | undefined => {
  let file
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  return undefined
}

/** Paths below `root`; links are not followed, and what cannot be read is passed over. */
async function* filesIn(root: string, folder = ''): AsyncGenerator<string> {
  const entries = await opendir(join(root, folder)).catch(() => undefined)
  if (!entries) return
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(root, path)
    else if (entry.isFile()) yield path
  }
}
