/** Rows of text under a heading, each column as wide as its widest cell. */
export const formatTable = (heading: string[], rows: string[][]): string => {
  const all = [heading, heading.map((name) => '─'.repeat(name.length)), ...rows]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => ` ${line}`)
    .join('\n')
}

/** `KEY:   value` lines, aligned. */
export const formatPairs = (pairs: [string, string][]): string => {
  const width = Math.max(0, ...pairs.map(([name]) => name.length)) + 1
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width)} ${value}`.trimEnd()).join('\n')
}

/** `2026/01/02 15:04:05 +0000 (~ 3m ago)` */
export const formatTime = (iso: string): string => {
  const time = new Date(iso)
  return `${time.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} +0000 (~ ${age(Date.now() - time.getTime())} ago)`
}

const age = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
