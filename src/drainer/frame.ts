import { sha256 } from '#/foundation/ids.ts'
import type { StoredLine } from '#/log-store/stored-line.ts'

/** Some lines as they are sent at once: octet-counted syslog frames, as Heroku's logplex makes them. */
export type Frame = {
  /** The same lines have the same id, so that a receiver can tell what it is sent again. */
  id: string
  lines: number
  bytes: Buffer
}

/** Of one frame, about. */
const FRAME_LIMIT_BYTES = 64 * 1024

/** @param host what stands in the place of a host's name: HTTPS receivers expect `host`, syslog ones the token */
export const framesOf = (lines: StoredLine[], token: string, host: string): Frame[] => {
  const frames: Frame[] = []
  let [text, ids, from]: [string, string, number] = ['', token, 0]
  for (const [index, line] of lines.entries()) {
    text += messageOf(line, host)
    ids += ` ${line.id}`
    if (text.length < FRAME_LIMIT_BYTES && index < lines.length - 1) continue
    const id = sha256(ids).toString('hex').slice(0, 32)
    frames.push({ id, lines: index + 1 - from, bytes: Buffer.from(text) })
    ;[text, ids, from] = ['', token, index + 1]
  }
  return frames
}

/** `55 <190>1 2026-01-02T03:04:05.123000+00:00 host app web.1 - hello`; Heroku's have no structured data. */
const messageOf = (line: StoredLine, host: string): string => {
  const time = `${new Date(line.at).toISOString().slice(0, -1)}000+00:00`
  const message = `<${priorityOf(line)}>1 ${time} ${host} ${line.source} ${line.dyno} - ${line.text}\n`
  return `${Buffer.byteLength(message)} ${message}`
}

/** Facility × 8 + severity, as Heroku's: local7.info for apps, local3.info for the router, syslog.notice for the platform. */
const priorityOf = ({ source, dyno }: StoredLine): number => {
  if (source === 'app') return 190
  return dyno === 'router' ? 158 : 45
}
