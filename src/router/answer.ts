import { STATUS_CODES } from 'node:http'

/** A response of the router's own. */
export type Answer = {
  status: number
  title: string
  text: string
  /** More header lines, each with its CRLF. */
  headers?: string
  /** Somebody else's page, shown instead of the words. */
  pageUrl?: string
}

/** The whole response. `restMs`: for how long the connection will take another request; 0: it ends. */
export const composeAnswer = (
  answer: Answer,
  { method, restMs }: { method: string; restMs: number },
): string => {
  const body = answer.pageUrl === undefined ? page(answer) : frame(answer.title, answer.pageUrl)
  return (
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Error'}\r\n` +
    `Content-Type: text/html; charset=utf-8\r\nCache-Control: no-cache, no-store\r\n` +
    `Content-Length: ${body.length}\r\n${restMs > 0 ? `Connection: keep-alive\r\n${promiseOf(restMs)}` : 'Connection: close\r\n'}${answer.headers ?? ''}\r\n` +
    (method === 'HEAD' ? '' : body)
  )
}

/** The line that tells a client how long its connection may rest. */
export const promiseOf = (restMs: number): string => `Keep-Alive: timeout=${restMs / 1_000}\r\n`

/** ASCII only: nothing of the request is repeated in it. */
const page = ({ title, text }: Answer): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fafafa; max-width: 32em; margin: 20vh auto; padding: 0 1em }
h1 { font-size: 1.4em }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } }
</style>
</head>
<body>
<h1>${title}</h1>
<p>${text}</p>
</body>
</html>
`

/** The visitor's browser fetches it, so that no request waits for whoever serves it. */
const frame = (title: string, url: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>iframe { position: fixed; inset: 0; width: 100%; height: 100%; border: 0 }</style>
</head>
<body>
<iframe src="${escaped(url)}" title="${title}" referrerpolicy="no-referrer"></iframe>
</body>
</html>
`

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** The page that an app names, if it is an address of the web. ASCII only. */
const pageOf = (url: string | undefined): Pick<Answer, 'pageUrl'> =>
  url !== undefined && /^https?:\/\/[\x21-\x7e]{1,2000}$/i.test(url) ? { pageUrl: url } : {}

export const NO_SUCH_APP: Answer = {
  status: 404,
  title: 'No such app',
  text: 'There is no app at this address. If it is yours, see that the app or its domain exists and that the name is spelled right.',
}

/** @param url of the app's own page */
export const maintenance = (url?: string): Answer => ({
  status: 503,
  title: 'Offline for maintenance',
  text: 'This app is undergoing maintenance right now. Please come back later.',
  ...pageOf(url),
})

export const elsewhere = (status: 301 | 308, url: string): Answer => ({
  status,
  title: 'Moved',
  text: 'This app is served over HTTPS only.',
  headers: `Location: ${url}\r\n`,
})

/** @param realm the name of the app */
export const closed = (realm: string): Answer => ({
  status: 401,
  title: 'Authorization required',
  text: 'This app is not open to the public. It takes a name and a password.',
  headers: `WWW-Authenticate: Basic realm="${realm}", charset="UTF-8"\r\n`,
})

export const TOO_MANY_REQUESTS: Answer = {
  status: 429,
  title: 'Too many requests',
  text: 'There were too many requests from your address. Please try again in a moment.',
  headers: 'Retry-After: 1\r\n',
}

export const WELCOME: Answer = {
  status: 502,
  title: 'There is nothing here, yet',
  text: 'This app has been created, but no code has been pushed to it.',
}

export const NO_TABLE_YET: Answer = {
  status: 503,
  title: 'Starting',
  text: 'The platform is starting. Please try again in a moment.',
}

export const TOO_MANY_CONNECTIONS: Answer = {
  status: 503,
  title: 'Too many connections',
  text: 'The platform has too many connections right now. Please try again in a moment.',
}

/** @param url of the app's own page */
export const applicationError = (status: number, url?: string): Answer => ({
  status,
  title: 'Application error',
  text: 'An error occurred in the application and your page could not be served. If you are the application owner, the logs say more: heroku logs --tail',
  ...pageOf(url),
})

export const badRequest = (status: number): Answer => ({
  status,
  title: STATUS_CODES[status] ?? 'Bad Request',
  text: 'The request could not be understood, so it was not passed on.',
})
