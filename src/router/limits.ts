/** Every limit the router holds, in milliseconds, bytes and counts. */
export type RouterLimits = {
  /** Request line, its CRLF not counted: 414 beyond. */
  requestLineBytes: number
  /** Request line and header lines together: 431 beyond. */
  requestHeadBytes: number
  /** H25 beyond. */
  responseHeadBytes: number
  /** From the first byte of a request, or from connect, to the end of its head. */
  headMs: number
  /** How long a client's connection may rest between two requests. */
  keepAliveMs: number
  /**
   * How long clients are told that it may (`Keep-Alive: timeout=20`): a router that is replaced keeps its word. Whole
   * seconds.
   */
  promisedRestMs: number
  /** How long a request waits for an app of which all dynos are starting: H20 beyond. */
  startingMs: number
  /** H19 beyond. */
  connectMs: number
  /** From the last byte of the request to the first of the response: H12 beyond. */
  firstByteMs: number
  /** Rolling, once the response has begun, or while a body comes in: H15 and H28 beyond. */
  idleMs: number
  /** Slowest body in bytes a second, looked at after `idleMs`: H28 below. */
  bodyBytesPerSecond: number
  /** How long a connection to a dyno may rest and still be used. Below the 5 s after which Node apps close theirs. */
  upstreamIdleMs: number
  /** The same for a request that must not be sent twice: so short that the dyno cannot be about to close it. */
  upstreamIdleUnrepeatableMs: number
  /** Answers with 503 beyond. Lowered to what the open file limit allows. */
  connections: number
  connectionsPerAddress: number
  /** New connections a second from one address, after a burst of five seconds' worth: 503 beyond. 0: no limit. */
  connectsPerAddress: number
  /** Requests a second from one address, likewise: 429 beyond. 0: no limit. */
  requestsPerAddress: number
  /** To which these two do not apply, as they stand for many: those of proxies. Loopback is always one of them. */
  trustedAddresses: readonly string[]
  /** Requests under way, if the app has no limit of its own: H11 beyond. */
  requestsPerApp: number
  /** H22 beyond. */
  requestsPerDyno: number
  /** A dyno that refused a connection is passed over for so long if there are others. */
  refusedMs: number
  /** Dynos tried for one request. */
  attempts: number
  /** How long a dyno that left the table may take to answer, if its app has no limit of its own. */
  dynoDrainMs: number
  /** After SIGTERM, how long each request may take before it is cut. */
  drainMs: number
  /** How long the rest of a request is read after its answer, so that the answer reaches a client that is still sending. */
  lingerMs: number
  /** How often deadlines are looked at. */
  sweepMs: number
}

/** Those that Heroku documents are Heroku's. */
export const ROUTER_LIMITS: RouterLimits = {
  requestLineBytes: 8_192,
  requestHeadBytes: 16_384,
  responseHeadBytes: 65_536,
  headMs: 20_000,
  keepAliveMs: 90_000,
  promisedRestMs: 20_000,
  startingMs: 75_000,
  connectMs: 5_000,
  firstByteMs: 30_000,
  idleMs: 55_000,
  bodyBytesPerSecond: 100,
  upstreamIdleMs: 4_000,
  upstreamIdleUnrepeatableMs: 1_000,
  connections: 20_000,
  connectionsPerAddress: 4_096,
  connectsPerAddress: 200,
  requestsPerAddress: 1_000,
  trustedAddresses: [],
  requestsPerApp: 10_000,
  requestsPerDyno: 5_000,
  refusedMs: 2_000,
  attempts: 10,
  dynoDrainMs: 30_000,
  drainMs: 30_000,
  lingerMs: 5_000,
  sweepMs: 250,
}
