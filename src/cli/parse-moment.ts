const AGO = /^(\d{1,6})\s*(s|m|h|d)$/
const MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * A moment as people say it, in ISO 8601: `30m` (so long ago; s, m, h and d), `2026-01-31`, `2026-01-31T10:00`, of this
 * machine's time zone unless it names one. A day is its first moment there.
 */
export const parseMoment = (text: string, now = Date.now()): string => {
  const [, count, unit = ''] = AGO.exec(text.trim()) ?? []
  const at = count === undefined ? dateOf(text.trim()) : now - Number(count) * (MS[unit] ?? 0)
  if (Number.isFinite(at)) return new Date(at).toISOString()
  throw new Error(`${text} is no moment. Say 30m, 2h or 3d ago, 2026-01-31 or 2026-01-31T10:00.`)
}

/** Of what begins like a date; JavaScript would make one of nearly anything, and take a day alone for one of UTC. */
const dateOf = (text: string): number => {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return Number.NaN
  return Date.parse(text.length === 'yyyy-mm-dd'.length ? `${text}T00:00` : text)
}
