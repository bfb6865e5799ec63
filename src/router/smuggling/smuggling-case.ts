/** Octets of a client that tries to have its request read differently by the router and by an app. */
export type SmugglingCase = {
  name: string
  /** In latin1; the app's host is `a.test`. */
  says: string
  /** What the router answers; undefined: it passes the request on, and the app reads what `reads` says. */
  refusedWith?: number
  /** Request lines, hosts and bodies as the app reads them: `GET / a.test <body>` each. */
  reads?: string[]
}

export const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n'
export const POST = 'POST / HTTP/1.1\r\nHost: a.test\r\n'
