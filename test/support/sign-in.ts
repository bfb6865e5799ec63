import type { LightMyRequestResponse } from 'fastify'
import { hashPassword } from '#/foundation/password-hash.ts'
import { setPasswordHash } from '#/platform/sign-in/password-store.ts'
import type { TestPlatform } from './test-platform.ts'

export const PASSWORD = 'correct horse battery'

/** A person who can sign in with `PASSWORD`. */
export const aPersonWithPassword = async ({ platform, aPerson }: TestPlatform) => {
  const person = await aPerson()
  const accountId = person.actor.accountId ?? ''
  await setPasswordHash(platform.db, accountId, await hashPassword(PASSWORD))
  return { ...person, accountId }
}

export const basic = (email: string, password: string): string =>
  `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`

/** What `heroku login -i` asks. */
export const logIn = (
  { call }: TestPlatform,
  email: string,
  password: string,
  code?: string,
): Promise<LightMyRequestResponse> =>
  call(
    'POST',
    '/oauth/authorizations',
    { description: 'Heroku CLI login from here', expires_in: 2_592_000, scope: ['global'] },
    {
      headers: {
        authorization: basic(email, password),
        ...(code === undefined ? {} : { 'heroku-two-factor-code': code }),
      },
    },
  )

/** As if so much time had passed since the last attempts to sign in. */
export const passAttempts = async ({ database }: TestPlatform, interval: string): Promise<void> => {
  await database.pool.query(
    'update sign_in_attempts set last_at = last_at - $1::interval, blocked_until = blocked_until - $1::interval',
    [interval],
  )
}

/** A browser as far as the pages need one: it keeps cookies and says where its forms come from. */
export const aBrowser = ({ call }: TestPlatform) => {
  const cookies = new Map<string, string>()
  const send = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    {
      form,
      body,
      headers = {},
    }: { form?: Record<string, string>; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<LightMyRequestResponse> => {
    const answer = await call(method, path, form ? new URLSearchParams(form).toString() : body, {
      headers: {
        authorization: '',
        host: 'localhost:5000',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'user-agent': 'Test browser',
        'sec-fetch-site': 'same-origin',
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
    })
    for (const { name, value, maxAge } of answer.cookies as unknown as {
      name: string
      value: string
      maxAge?: number
    }[])
      if (maxAge === 0) cookies.delete(name)
      else cookies.set(name, value)
    return answer
  }
  return {
    cookies,
    send,
    get: (path: string) => send('GET', path),
    post: (path: string, form: Record<string, string>) => send('POST', path, { form }),
    signIn: (email: string, password = PASSWORD, next = '') =>
      send('POST', '/sign-in', { form: { email, password, next } }),
  }
}
