import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** An answer of the API that is not a success. */
export class ApiClientError extends Error {
  readonly status: number
  readonly id: string

  constructor(status: number, id: string, message: string) {
    super(message)
    this.name = 'ApiClientError'
    this.status = status
    this.id = id
  }
}

/** What a value is after a trip through JSON: dates are ISO 8601 text. */
export type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T

export type RequestOptions = {
  range?: string
  body?: unknown
  signal?: AbortSignal
  idempotencyKey?: string
}

export type ApiClient = {
  get: <T>(path: string, options?: RequestOptions) => Promise<Json<T>>
  post: <T>(path: string, body?: unknown) => Promise<Json<T>>
  /** Sent again for a while if no answer comes or the API is not there; the API does it once, by its Idempotency-Key. */
  postOnce: <T>(path: string, body?: unknown) => Promise<Json<T>>
  patch: <T>(path: string, body: unknown) => Promise<Json<T>>
  put: <T>(path: string, body: unknown) => Promise<Json<T>>
  delete: <T>(path: string, body?: unknown) => Promise<Json<T>>
  /** The answer as text of that type, as it comes. */
  download: (path: string, type: string) => AsyncIterable<string>
  /** The text of a stream as it comes, until it ends. Needs no token: such URLs carry their own. */
  stream: (url: string, signal?: AbortSignal) => AsyncIterable<string>
}

/** A client of one platform's API, as whoever the token belongs to. `url` is without a slash at its end. */
export const createApiClient = ({
  url,
  token,
  headers = {},
}: {
  url: string
  token: string
  headers?: Record<string, string>
}): ApiClient => {
  const request = async <T>(
    method: string,
    path: string,
    { range, body, signal, idempotencyKey }: RequestOptions = {},
  ): Promise<Json<T>> => {
    const response = await send(`${url}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${token}`,
        ...headers,
        ...(range ? { range } : {}),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    const text = await response.text()
    const answer: unknown = text === '' ? null : JSON.parse(text)
    if (!response.ok) throw errorOf(response.status, answer)
    return answer as Json<T>
  }
  return {
    get: (path, options) => request('GET', path, options),
    post: (path, body) => request('POST', path, { body }),
    postOnce: (path, body) => {
      const idempotencyKey = randomUUID()
      return persistently(() => request('POST', path, { body, idempotencyKey }))
    },
    patch: (path, body) => request('PATCH', path, { body }),
    put: (path, body) => request('PUT', path, { body }),
    delete: (path, body) => request('DELETE', path, { body }),
    download: (path, type) =>
      readStream(`${url}${path}`, {
        headers: { accept: type, authorization: `Bearer ${token}` },
      }),
    stream: (from, signal) => readStream(from, signal ? { signal } : {}),
  }
}

/** A control plane that was killed is back within seconds. */
const AGAIN_FOR_MS = 20_000
const AGAIN_AFTER_MS = 500

const persistently = async <T>(attempt: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + AGAIN_FOR_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const isAnswer = error instanceof ApiClientError && error.status !== 503
      if (isAnswer || performance.now() > deadline) throw error
      await pause(AGAIN_AFTER_MS)
    }
  }
}

const send = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Error(
      `Nothing answers at ${new URL(url).origin}. Is the platform up? (sluice status)`,
      { cause: error },
    )
  }
}

const errorOf = (status: number, answer: unknown): ApiClientError => {
  const { id, message } = (answer ?? {}) as { id?: string; message?: string }
  return new ApiClientError(status, id ?? 'unknown', message ?? `The API answered ${status}.`)
}

async function* readStream(url: string, init: RequestInit): AsyncGenerator<string> {
  const response = await send(url, init)
  if (!response.ok || !response.body)
    throw errorOf(response.status, await response.json().catch(() => null))
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) yield chunk
}
