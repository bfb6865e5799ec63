import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'

export const newId = (): string => randomUUID()

/** 256 random bits as a bearer token; `sluice-` makes a leaked one easy to search for. */
export const newToken = (): string => `sluice-${randomBytes(32).toString('hex')}`

/** 256 random bits in lower-case hex, for capability URLs. */
export const newSecret = (): string => randomBytes(32).toString('hex')

export const sha256 = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const isId = (text: string): boolean => UUID.test(text)

/** The same id for the same words, for what the wire gives an id and the database has no row for (a stack, a dyno size). */
export const derivedId = (...words: [string, ...string[]]): string => {
  const hex = sha256(JSON.stringify(words)).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const ADJECTIVES =
  'agile amber autumn bold brisk calm clear cool crisp dawn eager early fair fleet fresh gentle golden green hidden keen kind late lively lucid mellow misty noble open patient plain polar proud quiet rapid ready river rustic serene shady silent silver simple smooth snowy solid spring steady still summer sunny swift tidy upper vivid warm wild winter young'.split(
    ' ',
  )
const NOUNS =
  'anchor basin beacon bluff brook canal cape cedar cliff cove creek current dale delta dock dune estuary falls ferry field fjord ford forest glade gorge grove harbor haven hill inlet island isle jetty lagoon lake ledge lock marsh meadow mill moor oasis pass peak pier pond quay rapids reef ridge river shoal shore slope sluice spring strait stream summit tide valley wave weir'.split(
    ' ',
  )

const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? 'plain'

/** A name such as `quiet-harbor-40213`, for whatever the user did not name. */
export const newName = (): string =>
  `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(10_000, 100_000)}`
