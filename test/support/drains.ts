import { mkdtemp, readFile, rm } from 'node:fs/promises'
import https from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { issueCertificates } from '#/keeper/issue-certificates.ts'

export type Identity = { ca: string; cert: string; key: string }

/** A certificate for `localhost`, and the authority that vouches for it. */
export const anIdentity = async (): Promise<Identity> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-identity-'))
  try {
    await issueCertificates(dir, 'localhost')
    const read = (name: string): Promise<string> => readFile(join(dir, name), 'utf8')
    const [ca, cert, key] = [read('ca.pem'), read('server.pem'), read('server.key')]
    return { ca: await ca, cert: await cert, key: await key }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

export type Post = { path: string; headers: IncomingHttpHeaders; body: string }

export type Receiver = AsyncDisposable & {
  port: number
  /** Messages that came whole, in their order, without their counts. */
  messages: () => string[]
  /** What they say, after the last ` - `. */
  texts: () => string[]
}

const textOf = (message: string): string => message.slice(message.indexOf(' - ') + 3).trimEnd()

/** Of octet-counted frames; throws if a count is wrong. What is not whole at the end is left out. */
export const messagesOf = (bytes: Buffer): string[] => {
  const messages: string[] = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at)
    const count = Number(bytes.toString('latin1', at, space))
    if (space === -1 || !(count > 0)) throw new Error(`No count at ${at}.`)
    if (space + 1 + count > bytes.length) return messages
    messages.push(bytes.toString('utf8', space + 1, space + 1 + count))
    at = space + 1 + count
  }
  return messages
}

export type HttpsReceiver = Receiver & {
  posts: Post[]
  /** What it answers from now on; undefined: nothing. Posts that are not accepted are not in `posts`. */
  answer: (status: number | undefined) => void
  refused: () => number
  /** When it had each of those, in milliseconds. */
  refusedAt: number[]
}

export const anHttpsReceiver = async (identity: Identity): Promise<HttpsReceiver> => {
  const posts: Post[] = []
  const refusedAt: number[] = []
  let status: number | undefined = 202
  const server = https.createServer(identity, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString()
      if (status !== undefined && status < 300)
        posts.push({ path: request.url ?? '', headers: request.headers, body })
      else refusedAt.push(performance.now())
      if (status !== undefined) response.writeHead(status).end()
    })
  })
  const messages = (): string[] => posts.flatMap(({ body }) => messagesOf(Buffer.from(body)))
  return {
    posts,
    port: await listen(server),
    messages,
    texts: () => messages().map(textOf),
    answer: (next) => void (status = next),
    refused: () => refusedAt.length,
    refusedAt,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export type SyslogReceiver = Receiver & {
  /** Reads nothing more until `resume`. */
  pause: () => void
  resume: () => void
  /** Ends every connection. */
  cut: () => void
}

export const aSyslogReceiver = async (
  identity?: Identity,
  { port = 0 } = {},
): Promise<SyslogReceiver> => {
  const sockets = new Set<net.Socket>()
  const heard: Buffer[][] = []
  let isPaused = false
  const take = (socket: net.Socket): void => {
    const parts: Buffer[] = []
    heard.push(parts)
    sockets.add(socket)
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    if (isPaused) socket.pause()
  }
  const server = identity ? tls.createServer(identity, take) : net.createServer(take)
  const messages = (): string[] => heard.flatMap((parts) => messagesOf(Buffer.concat(parts)))
  return {
    port: await listen(server, port),
    messages,
    texts: () => messages().map(textOf),
    pause: () => {
      isPaused = true
      for (const socket of sockets) socket.pause()
    },
    resume: () => {
      isPaused = false
      for (const socket of sockets) socket.resume()
    },
    cut: () => sockets.forEach((socket) => socket.destroy()),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const listen = async (server: net.Server, port = 0): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve))
  const bound = server.address()
  return bound !== null && typeof bound === 'object' ? bound.port : 0
}
