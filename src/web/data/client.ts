import { holdsTyping, setSessionEnded } from './session.ts'

/** What a value is after a trip through JSON: dates are ISO 8601 text. */
export type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T

/** An answer of the API that is no success, or none at all (status 0). */
export class RequestError extends Error {
  readonly status: number
  readonly id: string

  constructor(status: number, id: string, message: string) {
    super(message)
    this.name = 'RequestError'
    this.status = status
    this.id = id
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type RequestOptions = { body?: unknown; range?: string; signal?: AbortSignal }

/**
 * To the sign-in page, which leads back to where we are; but not away from what somebody has typed, which they can still
 * send once they have signed in elsewhere.
 */
const signIn = (): Promise<never> => {
  if (holdsTyping()) {
    setSessionEnded(true)
    throw new RequestError(401, 'unauthorized', 'Your session has ended. Sign in again first.')
  }
  const here = location.pathname + location.search
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
  return new Promise(() => {})
}

/** Asks the API as whoever the session's cookie belongs to. @throws RequestError */
export const request = async <T>(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<T> => {
  const response = await send(method, path, options)
  const text = await response.text()
  if (response.ok) return (text === '' ? {} : JSON.parse(text)) as T
  throw errorOf(response.status, text)
}

/** A file of the API, saved by the browser under a name. @throws RequestError */
export const download = async (path: string, accept: string, name: string): Promise<void> => {
  const response = await send('GET', path, { accept })
  if (!response.ok) throw errorOf(response.status, await response.text())
  saveFile(await response.blob(), name)
}

/** What the page has, saved by the browser under a name. */
export const saveFile = (content: Blob, name: string): void => {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEEP_FILE_MS)
}
const KEEP_FILE_MS = 60_000

/** As `request` for text that comes bit by bit. @param url as the API gave it, of which only the path is used */
export const streamText = async (
  url: string,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> => {
  const { pathname, search } = new URL(url, location.origin)
  const response = await send('GET', pathname + search, { signal })
  if (!response.ok) throw errorOf(response.status, await response.text())
  if (!response.body) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    // NUL is a sign of life.
    onText(value.replaceAll('\0', ''))
  }
}

const JSON_OF_HEROKU = 'application/vnd.heroku+json; version=3'

const send = async (
  method: Method,
  path: string,
  { body, range, signal, accept = JSON_OF_HEROKU }: RequestOptions & { accept?: string },
): Promise<Response> => {
  const headers: Record<string, string> = { accept }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (range !== undefined) headers['range'] = range
  const response = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new RequestError(0, 'unreachable', 'The platform cannot be reached. Trying again…')
  })
  if (response.status === 401) return signIn()
  setSessionEnded(false)
  return response
}

const errorOf = (status: number, text: string): RequestError => {
  try {
    const { id, message } = JSON.parse(text) as { id?: unknown; message?: unknown }
    return new RequestError(status, String(id), String(message))
  } catch {
    return new RequestError(status, 'unknown', `The platform answered with status ${status}.`)
  }
}
