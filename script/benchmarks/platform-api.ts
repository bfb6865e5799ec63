import type { TestPlatform } from '../../test/support/platform.ts'

/** A call of the API as the operator. Throws unless it is answered 2xx. */
export type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>

export const connect = async (platform: TestPlatform): Promise<Api> => {
  const token = (await platform.sluice('auth:token')).stdout.trim()
  return async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${platform.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
}
