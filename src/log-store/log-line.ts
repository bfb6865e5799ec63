/** One line of an app's log, as Heroku words it: `source[dyno]: text`. */
export type LogLine = {
  /** Milliseconds since 1970. */
  at: number
  /** `app`: the app's own output, or what people did (`app[api]`); `heroku`: the platform's words. */
  source: 'app' | 'heroku'
  /** `web.1`, `router`, `api`, `build`, `release.7` */
  dyno: string
  text: string
}

/** Longest text of a line in bytes; longer ones are split (Heroku's limit). */
export const LINE_LIMIT_BYTES = 10_000

/** `2026-01-02T03:04:05.123456+00:00 app[web.1]: text`, what `heroku logs` colours. */
export const formatLogLine = (line: LogLine): string =>
  `${new Date(line.at).toISOString().slice(0, -1)}000+00:00 ${line.source}[${line.dyno}]: ${line.text}`
