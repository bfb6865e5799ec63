import { STATUS_CODES } from 'node:http'

/** A response of the router's own. */
export type Answer = { status: number; title: string; text: string }

/** The whole response. `keepAlive`: the connection will take another request. */
export const composeAnswer = (
  answer: Answer,
  { method, keepAlive }: { method: string; keepAlive: boolean },
): string => {
  const body = page(answer)
  return (
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Error'}\r\n` +
    `Content-Type: text/html; charset=utf-8\r\nCache-Control: no-cache, no-store\r\n` +
    `Content-Length: ${body.length}\r\nConnection: ${keepAlive ? 'keep-alive' : 'close'}\r\n\r\n` +
    (method === 'HEAD' ? '' : body)
  )
}

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

export const NO_SUCH_APP: Answer = {
  status: 404,
  title: 'No such app',
  text: 'There is no app at this address. If it is yours, see that the app or its domain exists and that the name is spelled right.',
}

export const MAINTENANCE: Answer = {
  status: 503,
  title: 'Offline for maintenance',
  text: 'This app is undergoing maintenance right now. Please come back later.',
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

export const applicationError = (status: number): Answer => ({
  status,
  title: 'Application error',
  text: 'An error occurred in the application and your page could not be served. If you are the application owner, the logs say more: heroku logs --tail',
})

export const badRequest = (status: number): Answer => ({
  status,
  title: STATUS_CODES[status] ?? 'Bad Request',
  text: 'The request could not be understood, so it was not passed on.',
})
