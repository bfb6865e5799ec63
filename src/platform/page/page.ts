import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { ApiError, badRequest, forbidden } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { anyone, route, type Route } from '#/platform/route.ts'
import { answeredBy } from './form-fields.ts'
import { html, textOfHtml, type Html } from './html.ts'
import { isSameOrigin } from './same-origin.ts'

/** Somebody's browser at one of our pages. */
export type Visit = {
  platform: Platform
  /** Path and query, as asked for. */
  url: string
  params: Record<string, string>
  query: Record<string, string | undefined>
  form: URLSearchParams
  cookies: Map<string, string>
  userAgent: string | null
  origin: Pick<Actor, 'requestId' | 'remoteAddress'>
}

export type Answer = { cookies?: string[] } & (
  | {
      title: string
      body: Html
      status?: number
      /** Seconds to wait before the form is sent again. */
      retryAfter?: number | undefined
    }
  | { redirect: string }
)

/**
 * A page for people, as a route: HTML without scripts, under a policy that lets nothing else in. A form is believed
 * only if it comes from one of our own pages. Whatever goes wrong is told on a page too.
 * @param why what protects it, as pages look after their visitors themselves
 */
export const page = (
  method: 'GET' | 'POST',
  path: string,
  why: string,
  answer: (visit: Visit) => Promise<Answer>,
): Route =>
  route({
    method,
    path,
    access: anyone(why),
    status: 200,
    ...(method === 'POST' ? { rawBody: true as const } : {}),
    handle: async ({ platform, params, query, body, request, reply }) => {
      try {
        if (!isConfidential(request)) return send(reply, overHttps(request), request)
        if (method === 'POST' && !isSameOrigin(request.headers))
          throw forbidden('This form did not come from a page of this platform.')
        const form = method === 'POST' ? await readForm(body) : new URLSearchParams()
        return send(
          reply,
          await answer({ platform, params, query, form, ...whoseOf(request) }),
          request,
        )
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        return send(reply, errorPage(error), request)
      }
    },
  })

/** Elsewhere than on this machine a password goes through TLS, ours or that of a proxy, or not at all. */
const isConfidential = ({ raw, hostname, headers }: FastifyRequest): boolean =>
  raw.socket instanceof TLSSocket ||
  headers['x-forwarded-proto'] === 'https' ||
  ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

const overHttps = ({ method, host, url }: FastifyRequest): Answer => {
  if (method !== 'GET') throw forbidden('Passwords are taken over https only.')
  return { redirect: `https://${host}${url}` }
}

const whoseOf = (
  request: FastifyRequest,
): Pick<Visit, 'url' | 'cookies' | 'userAgent' | 'origin'> => ({
  url: request.url,
  cookies: parseCookies(request.headers.cookie),
  userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
  origin: { requestId: request.id, remoteAddress: request.socket.remoteAddress ?? null },
})

export const parseCookies = (header = ''): Map<string, string> =>
  new Map(
    header
      .split(';')
      .map((pair) => pair.trim().split(/=(.*)/s, 2))
      .map(([name = '', value = '']) => [name, value]),
  )

/** `__Host-`: a browser takes it for this host alone, and neither a script nor another site's form gets at it. */
export const setCookie = (name: string, value: string, seconds: number): string =>
  `__Host-${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`

const MOST_BYTES = 16 * 1024

const readForm = async (body: unknown): Promise<URLSearchParams> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of (body ?? []) as Readable) {
    size += (chunk as Buffer).length
    if (size > MOST_BYTES) throw badRequest('That is more than this form takes.')
    chunks.push(chunk as Buffer)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString().replaceAll('%00', ''))
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  // Not `no-referrer`, with which forms would come from nowhere.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
}

const send = (reply: FastifyReply, answer: Answer, { method, headers }: FastifyRequest): string => {
  void reply.headers(HEADERS)
  if (answer.cookies) void reply.header('set-cookie', answer.cookies)
  if ('redirect' in answer) {
    void reply.code(method === 'GET' ? 302 : 303).header('location', answer.redirect)
    return ''
  }
  if (answer.retryAfter !== undefined)
    void reply.header('retry-after', Math.ceil(answer.retryAfter))
  void reply.code(answer.status ?? 200).type('text/html; charset=utf-8')
  return textOfHtml(layout(answer.title, answer.body, themeOf(headers.cookie)))
}

/** The look that somebody has chosen on the dashboard; without one it is the system's. */
export const themeOf = (cookies: string | undefined): 'light' | 'dark' | undefined =>
  (['light', 'dark'] as const).find((theme) => theme === parseCookies(cookies).get('theme'))

const layout = (title: string, body: Html, theme: 'light' | 'dark' | undefined): Html =>
  html`<!doctype html>
    <html lang="en" ${theme && html`data-theme="${theme}"`}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Sluice</title>
        <link rel="icon" type="image/svg+xml" href="/pages/icon.svg" />
        <link rel="stylesheet" href="/pages/style.css" />
      </head>
      <body>
        <header><a href="/dashboard">${mark}Sluice</a></header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `

const mark = html`<svg aria-hidden="true" viewBox="0 0 32 32">
  <rect width="32" height="32" rx="7" fill="#0f766e" />
  <path d="M7 11h11M7 16h18M14 21h11" stroke="#fff" stroke-width="2.6" stroke-linecap="round" />
</svg>`

const errorPage = (error: ApiError): Answer => ({
  ...answeredBy(error),
  title: 'That did not work',
  body: html`<p class="problem" role="alert">${error.message}</p>`,
})
