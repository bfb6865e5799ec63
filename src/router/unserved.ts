import type { RouterErrorCode } from './error-codes.ts'
import type { Origin } from './forwarded-heads.ts'
import type { RequestHead } from './request-head.ts'
import { newRequestId } from './request-id.ts'
import { describeRequest } from './request-log.ts'
import type { Traffic } from './traffic.ts'

/** What the router answered to a request before it came to look for a dyno. */
export type Unserved = {
  code?: RouterErrorCode
  cause?: string
  status: number
  /** Of the answer. */
  bytes: number
}

/** Tells the app that was asked for, if there is one. */
export const noteUnserved = (
  { table, meters, append }: Traffic,
  request: RequestHead,
  origin: Origin,
  { code, ...end }: Unserved,
): void => {
  const entry = table.find(request.host)
  if (!entry) return
  const at = Date.now()
  const text = describeRequest(request, origin, {
    ...end,
    code,
    requestId: request.requestId || newRequestId(),
    dyno: '',
    connectMs: undefined,
    serviceMs: undefined,
  })
  meters.count(entry.route.id, end.status, undefined, at)
  append(entry.route.id, { at, source: 'heroku', dyno: 'router', text })
}
