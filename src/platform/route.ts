import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Page } from '#/foundation/range.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Actor } from '#/platform/event/actor.ts'

/**
 * A route is data: what it needs to be allowed, the shape of its body, and what it does. `src/api` mounts the
 * tables of all nouns. A route without an `access` does not compile, so no path is open by oversight.
 */
export type Route = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  path: string
  access: Access<unknown>
  body?: TSchema
  /** Basic e-mail:password will do instead of a token. */
  takesPassword?: true
  /** The body is for the route to read from the request, whatever it is. */
  rawBody?: true
  /** HTTP status of a success; default 200, or 201 for POST. */
  status?: number
  handle: (call: Call<Record<string, string>, unknown, unknown>) => Promise<unknown>
}

/** What a caller must be or hold, and how the thing that the route is about is found for just that caller. */
export type Access<Target> = {
  /** For the table of permissions: `anyone`, `account`, or a noun with a permission such as `app:deploy`. */
  name: string
  find: (lookup: Lookup) => Promise<Target>
}

export type Lookup = {
  platform: Platform
  actor: Actor
  params: Record<string, string>
  request: FastifyRequest
}

export type Call<Params, Body, Target> = {
  platform: Platform
  actor: Actor
  params: Params
  query: Record<string, string | undefined>
  body: Body
  /** What `access` found. */
  target: Target
  request: FastifyRequest
  reply: FastifyReply
}

type PathParams<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Record<Name, string> & PathParams<Rest>
  : Path extends `${string}:${infer Name}`
    ? Record<Name, string>
    : Record<never, string>

type RouteOf<Path extends string, Schema extends TSchema, Target> = Omit<
  Route,
  'path' | 'access' | 'body' | 'handle'
> & {
  path: Path
  access: Access<Target>
  body?: Schema
  handle: (call: Call<PathParams<Path>, Static<Schema>, Target>) => Promise<unknown>
}

/** Declares a route with the types of its path, body and target checked; the table then holds them alike. */
export const route = <Path extends string, Schema extends TSchema, Target>(
  declared: RouteOf<Path, Schema, Target>,
): Route => declared as unknown as Route

/** Open to whoever knows the URL; `why` says what protects it instead. */
export const anyone = (why: string): Access<undefined> => ({
  name: `anyone: ${why}`,
  find: async () => undefined,
})

/** Any signed-in account. */
export const account: Access<undefined> = { name: 'account', find: async () => undefined }

/** Answers with the rows of a page, its status (206 if more rows remain) and its headers. */
export const sendPage = <Row, Shown>(
  reply: FastifyReply,
  page: Page<Row>,
  present: (row: Row) => Shown,
): Shown[] => {
  void reply.code(page.status).headers(page.headers)
  return page.rows.map(present)
}
