const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

export const ago = (time: string, now = Date.now()): string => {
  const seconds = Math.round((now - Date.parse(time)) / 1000)
  if (seconds < 45) return 'just now'
  for (const [unit, size] of UNITS)
    if (seconds >= size) return relative.format(-Math.round(seconds / size), unit)
  return '1 minute ago'
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`

export const shortCommit = (commit: string): string =>
  /^[0-9a-f]{40}/.test(commit) ? commit.slice(0, 7) : commit.slice(0, 20)

/** Of a slug's digest, enough to compare two by eye. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/i, '').slice(0, 10)

export const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** `9 ms`, or `1.2 s`. */
export const duration = (from: string, to: string): string => {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from))
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** `Fri 27 Nov 16:00` by the reader's clock, or `Fri 27 Nov 16:00 Europe/Vienna` by that of a zone. */
export const clock = (time: string, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    ...(timeZone === undefined ? {} : { timeZone }),
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(new Date(time))
    .replaceAll(',', '') + (timeZone === undefined ? '' : ` ${timeZone}`)

/** Of an address: what leads to the section of that title. */
export const fragmentOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-')
