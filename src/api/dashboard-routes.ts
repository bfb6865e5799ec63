import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasCode, notFound, serviceUnavailable } from '#/foundation/errors.ts'
import { themeOf } from '#/platform/page/page.ts'
import { anyone, route } from '#/platform/route.ts'

/** Where script/build-dashboard.mjs puts the page. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/dashboard/', import.meta.url))

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'same-origin',
}

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** The page is no secret: what it shows it asks of the API as whoever is signed in. */
const page = anyone('a page that holds nothing itself')

const sendPage = async (
  reply: FastifyReply,
  { headers: { cookie } }: FastifyRequest,
): Promise<string> => {
  const text = await readBuilt('index.html')
  if (!text) throw serviceUnavailable('The dashboard has not been built. Run script/bootstrap.')
  void reply.headers(HEADERS).header('cache-control', 'no-store')
  void reply.type('text/html; charset=utf-8')
  const theme = themeOf(cookie)
  // Here, and not by the page itself, lest the other look flash up before.
  return theme ? text.toString().replace('<html', `<html data-theme="${theme}"`) : text.toString()
}

export const dashboardRoutes = [
  route({
    method: 'GET',
    path: '/',
    access: page,
    handle: async ({ request, reply }) => {
      if (!request.headers.accept?.includes('text/html')) throw notFound('endpoint')
      return reply.redirect('/dashboard', 302)
    },
  }),
  ...(['/dashboard', '/dashboard/*'] as const).map((path) =>
    route({
      method: 'GET',
      path,
      access: page,
      handle: ({ request, reply }) => sendPage(reply, request),
    }),
  ),
  route({
    method: 'GET',
    path: '/dashboard/assets/:file',
    access: page,
    handle: async ({ params: { file }, request, reply }) => {
      const type = TYPES[file.split('.').at(-1) ?? '']
      if (!type || !/^[\w-][\w.-]*$/.test(file)) throw notFound('asset')
      const packed = takesGzip(request) ? await readBuilt(`assets/${file}.gz`) : undefined
      const content = packed ?? (await readBuilt(`assets/${file}`))
      if (!content) throw notFound('asset')
      if (packed) void reply.header('content-encoding', 'gzip')
      void reply.headers({
        ...HEADERS,
        // The name tells the content.
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
      })
      void reply.type(type)
      return content
    },
  }),
]

const takesGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))

const readBuilt = async (name: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(`${folder}${name}`)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
