import { Type } from 'typebox'
import type { Traffic } from './traffic.ts'

const Limit = (maximum: number) =>
  Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum }), Type.Null()]))

export const UpdateTraffic = Type.Object({
  https_only: Type.Optional(Type.Boolean()),
  request_limit: Limit(100_000),
  drain_seconds: Limit(600),
})

/** A name without the colon that ends it in HTTP, and of plain characters, which every browser sends alike. */
export const Protect = Type.Object({
  user: Type.Optional(Type.String({ pattern: '^[!-9;-~]{1,64}$' })),
})

export const presentTraffic = (traffic: Traffic) => ({
  https_only: traffic.httpsOnly,
  request_limit: traffic.requestLimit,
  drain_seconds: traffic.drainLimitMs === null ? null : traffic.drainLimitMs / 1_000,
  protected: traffic.authUser !== null,
})

export const presentProtection = ({ authUser }: Pick<Traffic, 'authUser'>) => ({
  protected: authUser !== null,
  user: authUser,
})
