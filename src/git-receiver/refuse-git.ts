import type { ServerResponse } from 'node:http'
import { ApiError } from '#/foundation/errors.ts'
import type { Platform } from '#/platform/platform.ts'

/** Says in words why there is nothing for git; git shows plain text to its user. */
export const refuseGit = (
  { log }: Pick<Platform, 'log'>,
  error: unknown,
  response: ServerResponse,
): void => {
  const { status, message } =
    error instanceof ApiError
      ? error
      : { status: 500, message: 'The repository could not be used. It has been written down here.' }
  if (status >= 500) log.error({ err: error }, 'a request of git failed')
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-cache',
    connection: 'close', // what the client still sends is not read
    ...(status === 401 ? { 'www-authenticate': 'Basic realm="Sluice"' } : {}),
  })
  response.end(`${message}\n`)
}
