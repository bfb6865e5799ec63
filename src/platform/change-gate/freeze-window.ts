import { invalidParams } from '#/foundation/errors.ts'

/** When a stage is not to be changed, in clock times of a zone. */
export type FreezeWindow = {
  kind: 'weekly' | 'range'
  /** `Fri 16:00`, or `2026-12-20T00:00`. */
  starts: string
  ends: string
  /** An IANA name. */
  timeZone: string
}

export type Span = { from: Date; until: Date }

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The span of the window that holds the moment, if one does. */
export const spanAt = (window: FreezeWindow, at: Date): Span | undefined =>
  spansAround(window, at).find(({ from, until }) => from <= at && at < until)

/** The next span that begins after the moment. */
export const nextSpan = (window: FreezeWindow, at: Date): Span | undefined =>
  spansAround(window, at).find(({ from }) => from > at)

/** Of several windows, the span that holds the moment and ends last, and the one that begins next. */
export const freezeAt = <W extends FreezeWindow>(
  windows: W[],
  at: Date,
): { now?: Span & { window: W }; next?: Span & { window: W } } => {
  const pick = (
    spanOf: (window: W, moment: Date) => Span | undefined,
    isBetter: (one: Span, other: Span) => boolean,
  ): (Span & { window: W }) | undefined => {
    let best: (Span & { window: W }) | undefined
    for (const window of windows) {
      const span = spanOf(window, at)
      if (span && (!best || isBetter(span, best))) best = { ...span, window }
    }
    return best
  }
  const now = pick(spanAt, (one, other) => one.until > other.until)
  const next = pick(nextSpan, (one, other) => one.from < other.from)
  return { ...(now ? { now } : {}), ...(next ? { next } : {}) }
}

/** In order, those that may hold the moment or follow it next. */
const spansAround = (window: FreezeWindow, at: Date): Span[] => {
  const { timeZone } = window
  if (window.kind === 'range') {
    const from = instantOf(clockOfRange(window.starts), timeZone)
    return [{ from, until: instantOf(clockOfRange(window.ends), timeZone) }]
  }
  const start = weekMinute(window.starts)
  const minutes = (weekMinute(window.ends) - start + WEEK) % WEEK
  const here = clockAt(at, timeZone)
  const today = here - (here % DAY_MS)
  const sunday = today - new Date(today).getUTCDay() * DAY_MS
  return [-1, 0, 1].map((week) => {
    const clock = sunday + (week * WEEK + start) * MINUTE_MS
    return {
      from: instantOf(clock, timeZone),
      until: instantOf(clock + minutes * MINUTE_MS, timeZone),
    }
  })
}

const WEEK = 7 * 1440

/** @throws 422 in words if it is none */
export const checkWindow = ({ kind, starts, ends, timeZone }: FreezeWindow): void => {
  if (!isTimeZone(timeZone))
    throw invalidParams(`'${timeZone}' is not a time zone. Name one such as Europe/Vienna or UTC.`)
  const isOf = kind === 'weekly' ? isWeekTime : isRangeTime
  for (const text of [starts, ends])
    if (!isOf(text))
      throw invalidParams(
        kind === 'weekly'
          ? `'${text}' is not a time of the week. Give it as Fri 16:00.`
          : `'${text}' is not a date. Give it as 2026-12-20 or 2026-12-20T16:00.`,
      )
  if (kind === 'weekly' && starts === ends)
    throw invalidParams('A weekly freeze must begin and end at different times.')
  if (kind === 'range' && clockOfRange(starts) >= clockOfRange(ends))
    throw invalidParams('A freeze must end after it begins.')
}

const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    formatterOf(name)
    return true
  } catch {
    return false
  }
}

const WEEK_TIME = /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([01]\d|2[0-3]):([0-5]\d)$/
const isWeekTime = (text: string): boolean => WEEK_TIME.test(text)

const weekMinute = (text: string): number => {
  const [, day = '', hour, minute] = WEEK_TIME.exec(text) ?? []
  return DAYS.indexOf(day) * 1440 + Number(hour) * 60 + Number(minute)
}

const RANGE_TIME = /^\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d)?$/
const isRangeTime = (text: string): boolean => {
  if (!RANGE_TIME.test(text)) return false
  const clock = clockOfRange(text)
  return !Number.isNaN(clock) && new Date(clock).toISOString().startsWith(text) // no 31 February
}

const clockOfRange = (text: string): number =>
  Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`)

/** A clock time is counted as if it were UTC. What the zone's clock shows at a moment: */
const clockAt = (at: Date, timeZone: string): number => {
  const part = Object.fromEntries(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** When the zone's clock shows the time: the first time of two, and behind a gap as far as before it. */
const instantOf = (clock: number, timeZone: string): Date => {
  const [before, after] = [-DAY_MS, DAY_MS].map((shift) => {
    const near = new Date(clock + shift)
    return new Date(clock - (clockAt(near, timeZone) - near.getTime()))
  }) as [Date, Date]
  const isRight = (at: Date): boolean => clockAt(at, timeZone) === clock
  return !isRight(before) && isRight(after) ? after : before
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Kept: to make one takes longer than all that is asked of it. */
const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  const kept = formatters.get(timeZone)
  if (kept) return kept
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formatters.set(timeZone, made)
  return made
}

/** `Mon 30 Nov 2026 08:00 Europe/Vienna` */
export const inWords = (at: Date, timeZone: string): string => {
  const clock = new Date(clockAt(at, timeZone))
  const text = clock.toUTCString() // Mon, 30 Nov 2026 08:00:00 GMT
  return `${text.slice(0, 3)} ${text.slice(5, 16)} ${text.slice(17, 22)} ${timeZone}`
}
