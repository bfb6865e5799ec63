import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { createServer, type RequestListener, type Server } from 'node:http'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { ApiError, notFound, violates } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { newId } from '#/foundation/ids.ts'
import { recordRefusal } from '#/platform/audit/record-refusal.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Route } from '#/platform/route.ts'
import { anonymous, authenticate } from './authenticate.ts'
import { checkToken, reachOf } from './check-token.ts'
import { routes } from './routes.ts'
import { bodyPace, cutIfSlow } from './slow-bodies.ts'

/** The CLI's Request-Id grows with each call, to some 8 KB. */
const MAX_HEADER_BYTES = 64 * 1024
const MAX_BODY_BYTES = 2 * 1024 * 1024
const HEAD_LIMIT_MS = 20_000
const HEAD_CHECK_MS = 5_000

export type Api = {
  server: Server
  /** For tests: the whole stack without a socket. */
  inject: FastifyInstance['inject']
  stop: () => Promise<void>
}

/**
 * The HTTP server of the control plane; what opens a WebSocket becomes its event `upgrade`. `first` may take a request before the API does (git over HTTP), and says
 * so by returning true.
 */
export const createApi = async (
  platform: Platform,
  first: (...args: Parameters<RequestListener>) => boolean = () => false,
): Promise<Api> => {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: 0, // a push may take as long as it takes; see slow-bodies.ts
    headersTimeout: HEAD_LIMIT_MS,
    connectionsCheckingInterval: HEAD_CHECK_MS,
    keepAliveTimeout: 75_000,
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  })
  // Connections are handed to it (listener.ts); only a server that listens looks at how long their heads take.
  server.emit('listening')
  const fastify = Fastify({
    serverFactory: (handle) =>
      server.on('request', (request, response) => {
        if (first(request, response)) return
        cutIfSlow(request, bodyPace())
        handle(request, response)
      }),
    genReqId: () => newId(),
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: true,
  })
  checkBodies(fastify)
  takeAnyJson(fastify)
  fastify.setErrorHandler(async (error: FastifyError, request, reply) => {
    await noteRefusal(platform, error, request)
    return sendError(platform, error, request, reply)
  })
  fastify.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ id: 'not_found', message: 'The requested API endpoint was not found.' }),
  )
  fastify.addHook('onSend', async (request, reply) => {
    void reply.header('request-id', request.id)
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache')
  })
  for (const one of routes.filter(({ rawBody }) => !rawBody)) mount(fastify, platform, one)
  await fastify.register(async (scope) => {
    takeRawBodies(scope)
    for (const one of routes.filter(({ rawBody }) => rawBody)) mount(scope, platform, one)
  })
  await fastify.ready()
  return { server, inject: fastify.inject.bind(fastify), stop: () => fastify.close() }
}

type Admitted = { actor: Actor; params: Record<string, string>; target: unknown }

const mount = (fastify: FastifyInstance, platform: Platform, one: Route): void => {
  const reach = reachOf(one)
  const isOpen = reach === 'open'
  const admitted = new WeakMap<FastifyRequest, Admitted>()
  fastify.route({
    method: one.method,
    url: one.path,
    ...(one.body ? { schema: { body: one.body } } : {}),
    // Whoever may not do it learns nothing of what its body must be.
    onRequest: async (request) => {
      const actor = isOpen ? anonymous(request) : await authenticate(platform, one, request)
      callers.set(request, { actor, needs: one.access.name })
      const params = request.params as Record<string, string>
      if (!isOpen) checkToken(one, reach, actor)
      const target = await one.access.find({ platform, actor, params, request })
      admitted.set(request, { actor, params, target })
    },
    handler: async (request, reply) => {
      const { actor, params, target } = admitted.get(request) as Admitted
      void reply.code(one.status ?? (one.method === 'POST' ? 201 : 200))
      const query = request.query as Record<string, string | undefined>
      const { body } = request
      const call = { platform, actor, params, query, body, target, request, reply }
      const result = await one.handle(call)
      if (!isReading(one.method)) failpoint('api-before-answer')
      return reply.sent ? reply : reply.send(result)
    },
  })
}

/** Who makes the request, and what its route needs: known once it is authenticated. */
const callers = new WeakMap<FastifyRequest, { actor: Actor; needs: string }>()

/** The one place where attempts at what the caller may not do are written down. */
const noteRefusal = async (
  platform: Platform,
  error: Error,
  request: FastifyRequest,
): Promise<void> => {
  const caller = callers.get(request)
  const { method, routeOptions, params } = request
  if (!caller || !(error instanceof ApiError) || error.status !== 403 || isReading(method)) return
  await recordRefusal(platform, caller.actor, {
    method,
    path: routeOptions.url ?? '',
    params: params as Record<string, string>,
    needs: caller.needs,
    message: error.message,
  }).catch((failure: unknown) =>
    platform.log.error({ err: failure }, 'a refusal cannot be written down'),
  )
}

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** A schema is compiled when the first body comes for it: all of them at the start would take a quarter of a second. */
const checkBodies = (fastify: FastifyInstance): void => {
  const ajv = addFormats.default(new Ajv(), ['date-time'])
  fastify.setValidatorCompiler<object>(({ schema }) => {
    let check: ValidateFunction | undefined
    return (body) => {
      check ??= ajv.compile(schema)
      return check(body) ? { value: body } : { error: check.errors ?? [] }
    }
  })
}

/** Bodies come with several JSON types, or none at all; an empty one is an empty object. */
const takeAnyJson = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    if (!body.length) return done(null, {})
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(new ApiError(400, 'bad_request', 'The request body is not JSON.'))
    }
  })
  fastify.addHook('preValidation', async (request) => {
    if (request.method !== 'GET') request.body ??= {}
  })
}

/** Bodies of any size and type go to their routes as they come. */
const takeRawBodies = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', (_request, body, done) => done(null, body))
}

/** The one place where an error becomes an answer. */
const sendError = (
  platform: Platform,
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  const answer = answerOf(error)
  if (answer.status >= 500)
    platform.log.error(
      { err: error, requestId: request.id, url: request.routeOptions.url },
      'a request failed',
    )
  const { retryAfter } = answer
  if (retryAfter !== undefined) void reply.header('retry-after', Math.ceil(retryAfter))
  return reply.code(answer.status).send({ id: answer.id, message: answer.message, ...answer.extra })
}

type Answer = {
  status: number
  id: string
  message: string
  extra?: Record<string, unknown>
  /** Seconds. */
  retryAfter?: number
}

const answerOf = (error: FastifyError | Error): Answer => {
  if (violates(error, 'team_lives')) return answerOf(notFound('team'))
  if (error instanceof ApiError) return error
  if ('validation' in error && error.validation)
    return { status: 422, id: 'invalid_params', message: `${error.message}.` }
  if (isUnstorable(error))
    return { status: 400, id: 'bad_request', message: 'Text may not contain the character NUL.' }
  if (isOutage(error))
    return {
      status: 503,
      id: 'service_unavailable',
      message: 'The database cannot be reached. Try again in a moment.',
      retryAfter: 1,
    }
  if ('statusCode' in error && error.statusCode !== undefined && error.statusCode < 500)
    return { status: error.statusCode, id: 'bad_request', message: error.message }
  return {
    status: 500,
    id: 'internal_server_error',
    message: 'Something went wrong here. It has been written down with the request id.',
  }
}

/** PostgreSQL's words for text that it cannot hold, as a value or inside JSON. */
const isUnstorable = (error: Error): boolean =>
  'code' in error && (error.code === '22021' || error.code === '22P05')

const OUTAGES = [
  ...['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'],
  ...['57P01', '57P02', '57P03', '53300'],
]
const isOutage = (error: Error): boolean =>
  ('code' in error && OUTAGES.includes(String(error.code))) ||
  /timeout exceeded when trying to connect|Connection terminated|not queryable/.test(error.message)
