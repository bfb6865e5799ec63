type Field = 'email' | 'password' | 'new-password' | 'code'

/** An error of the client's making. Becomes `{id, message}` with its HTTP status, in Heroku's ids. */
export class ApiError extends Error {
  readonly status: number
  readonly id: string
  readonly extra: Record<string, unknown>
  /** Seconds after which another try makes sense. */
  retryAfter?: number
  /** What was given wrong, for the page whose form asked for it. */
  field?: Field

  constructor(status: number, id: string, message: string, extra: Record<string, unknown> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.id = id
    this.extra = extra
  }
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'bad_request', message)
export const unauthorized = (message = 'Invalid credentials provided.'): ApiError =>
  new ApiError(401, 'unauthorized', message)
export const forbidden = (message: string): ApiError => new ApiError(403, 'forbidden', message)
export const conflict = (message: string): ApiError => new ApiError(409, 'conflict', message)
export const invalidParams = (message: string): ApiError =>
  new ApiError(422, 'invalid_params', message)
/** The same, of what was given as `field`. */
export const aboutField = (field: Field, error: ApiError): ApiError =>
  Object.assign(error, { field })
export const tooManyRequests = (message: string, retryAfter: number): ApiError =>
  Object.assign(new ApiError(429, 'rate_limit', message), { retryAfter })
export const serviceUnavailable = (message: string): ApiError =>
  new ApiError(503, 'service_unavailable', message)

/** @param resource Heroku's name of the thing, such as `app` or `add_on`. */
export const notFound = (
  resource: string,
  message = `Couldn't find that ${resource.replaceAll('_', ' ')}.`,
): ApiError => new ApiError(404, 'not_found', message, { resource })

type PostgresError = Error & { code: string; constraint?: string }

const isPostgresError = (error: unknown): error is PostgresError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'

/** True if `error` is PostgreSQL refusing a row because of the constraint of that name. */
export const violates = (error: unknown, constraint: string): boolean =>
  isPostgresError(error) && error.constraint === constraint

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
