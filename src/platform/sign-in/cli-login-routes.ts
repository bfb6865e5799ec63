import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { tooManyRequests, unauthorized } from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'
import { anyone, route } from '#/platform/route.ts'
import { awaitCliLogin } from './await-cli-login.ts'
import { countCliLogins, findCliLogin, insertCliLogin } from './cli-login-store.ts'

const MOST_OF_ADDRESS = 20
const MOST = 2_000

const BeginLogin = Type.Object({ description: Type.Optional(Type.String({ maxLength: 500 })) })

/** What the CLI calls its login host: it asks here for a token, and sends its person's browser to our page. */
export const cliLoginRoutes = [
  route({
    method: 'POST',
    path: '/auth',
    access: anyone('makes a question that somebody signed in must answer'),
    status: 200,
    body: BeginLogin,
    handle: async ({ platform: { db }, actor, body }) => {
      const { remoteAddress } = actor
      const { ofAddress, all } = await countCliLogins(db, remoteAddress)
      if (ofAddress >= MOST_OF_ADDRESS || all >= MOST)
        throw tooManyRequests(
          'Too many logins wait to be approved. Try again in a few minutes.',
          120,
        )
      const [browserSecret, cliSecret] = [newSecret(), newSecret()]
      const description = body.description?.trim() || 'Heroku CLI login'
      const { id } = await insertCliLogin(db, {
        ...{ browserSecret, cliSecret, description, remoteAddress },
      })
      return {
        browser_url: `/auth/browser/${browserSecret}`,
        cli_url: `/auth/cli/${id}`,
        token: cliSecret,
      }
    },
  }),
  route({
    method: 'GET',
    path: '/auth/cli/:login',
    access: anyone('wants the secret of the CLI that began this login'),
    handle: async ({ platform, actor, params, request, reply }) => {
      const [, secret = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
      if (!(await findCliLogin(platform.db, params.login, secret))) throw unauthorized()
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store')
      const { requestId, remoteAddress } = actor
      const text = awaitCliLogin(
        platform,
        { id: params.login, secret },
        { requestId, remoteAddress },
        gone.signal,
      )
      return Readable.from(text, { highWaterMark: 1 })
    },
  }),
]
