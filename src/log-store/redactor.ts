const REDACTED = '[REDACTED]'

/** Shorter values are too likely to be a part of ordinary words. */
const LEAST_CHARACTERS = 6
/** Of what somebody said is secret. */
const LEAST_CHARACTERS_MARKED = 3

/** What people said of a key: the value of a `secret` one is taken out whatever it is, that of a `plain` one stays. */
export type Mark = 'secret' | 'plain'
type Env = Readonly<Record<string, string>>
type Marks = Readonly<Record<string, Mark>>

export type Redactor = {
  (text: string): string
  /**
   * Where a text that goes on may be cut so that no secret is torn in two, as far as can be seen by now: from there on
   * stands what may be the beginning of one. The length of the text if there is nothing of the kind.
   */
  cutOf: (text: string) => number
}

/**
 * Takes a dyno's secrets out of what it prints: the values of keys that look secret or are marked so, the passwords of
 * URLs in any value, and the password of any URL in the text itself. Made once for an environment, then called for
 * each line.
 */
export const redactor = (env: Env, marks: Marks = {}): Redactor => {
  const secrets = secretsOf(env, marks)
  const pattern =
    secrets.length > 0
      ? new RegExp(secrets.map((secret) => RegExp.escape(secret)).join('|'), 'g')
      : NOTHING
  return Object.assign((text: string): string => redactUrls(text.replace(pattern, REDACTED)), {
    cutOf: (text: string): number => beforeWhole(text, pattern, unfinishedFrom(text, secrets)),
  })
}

const NOTHING = /(?!)/g

/** Where the longest end of the text begins with which a secret, or a URL with a password, could begin. */
const unfinishedFrom = (text: string, secrets: string[]): number => {
  let from = URL_AT_END.exec(text)?.index ?? text.length
  for (const secret of secrets) {
    const most = Math.min(secret.length - 1, text.length)
    for (let length = most; length > text.length - from; length--)
      if (text.endsWith(secret.slice(0, length))) from = text.length - length
  }
  return from
}

/** That, or the start of a whole secret that it would cut. */
const beforeWhole = (text: string, pattern: RegExp, from: number): number => {
  for (const { index, 0: secret } of text.matchAll(pattern)) {
    if (index >= from) return from
    if (index + secret.length > from) return index
  }
  return from
}

/** Without the `@` that ends the password. */
const URL_AT_END = /:(?:\/(?:\/[^\s/@]{0,641})?)?$/

const redactUrls = (text: string): string =>
  text.includes('://') ? text.replace(PASSWORD_OF_URL, REDACTED) : text

/** Bounded, so that hostile text costs no more than its length. */
const PASSWORD_OF_URL = /(?<=:\/\/[^\s:/@]{0,128}:)[^\s/@]{1,512}(?=@)/g

/** All ways in which a secret may appear, the longest first, so that none is found within another. */
const secretsOf = (env: Env, marks: Marks): string[] => {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(env)) {
    const mark = Object.hasOwn(marks, key) ? marks[key] : undefined
    if (mark === 'plain') continue
    const isMarked = mark === 'secret'
    const values = isMarked || isSecretKey(key) ? [value, ...linesOf(value)] : []
    const least = isMarked ? LEAST_CHARACTERS_MARKED : LEAST_CHARACTERS
    for (const secret of [...values, ...passwordsIn(value)])
      for (const form of formsOf(secret))
        if (form.length >= least && (isMarked || !HARMLESS.has(form.toLowerCase()))) found.add(form)
  }
  return [...found].sort((a, b) => b.length - a.length)
}

const isSecretKey = (key: string): boolean => SECRET_KEY.test(key) && !NOT_SECRET_KEY.test(key)

const SECRET_KEY = /KEY|TOKEN|SECRET|PASS|PWD|CREDENTIAL|AUTH|PRIVATE|SALT|SIGNATURE|DSN/i

/** Ordinary words that hold one of those. */
const NOT_SECRET_KEY = /^(?:.*_)?(?:AUTHORS?|KEYBOARD|COMPASS|BYPASS|PASSENGERS?)(?:_.*)?$/i

/** Settings, not secrets, whatever their key is. */
const HARMLESS = new Set([
  ...['enabled', 'disabled', 'required', 'optional', 'default', 'public', 'private'],
  ...['production', 'development', 'staging', 'localhost'],
])

/** A program prints a secret of several lines (a private key) line by line. */
const linesOf = (value: string): string[] =>
  value.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'))

const passwordsIn = (value: string): string[] =>
  [...value.matchAll(/:\/\/[^\s:/@]*:([^\s/]+)@/g)].map(([, password = '']) => password)

/** As it is, as a URL carries it, as JSON shows it. */
const formsOf = (secret: string): string[] => [
  secret,
  decoded(secret),
  encodeURIComponent(secret.toWellFormed()),
  JSON.stringify(secret).slice(1, -1),
]

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // it holds a % of its own
  }
}
