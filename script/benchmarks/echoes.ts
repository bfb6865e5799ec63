import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf } from '#/foundation/errors.ts'
import type { Visitors } from './visits.ts'

const SAY_EVERY_MS = 200
const LIMIT_MS = 20_000
const CLOSE = 8
const TEXT = 1
const GOING_AWAY = 1001

/**
 * Somebody who is always on a WebSocket: says something, hears it back, and comes again when told that the other side
 * goes away. Being cut off, or not being heard, is a fault.
 */
export const stayConnected = async (
  visitors: Visitors,
  app: string,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    const scheduledAt = performance.now()
    const error = await connectOnce(visitors.port, app, signal).catch(messageOf)
    visitors.note({
      kind: 'websocket',
      scheduledAt,
      ...(error === undefined ? {} : { error: `websocket: ${error}` }),
    })
    if (error !== undefined && !signal.aborted) await once(AbortSignal.timeout(1_000), 'abort')
  }
}

/** Until one side closes; what was wrong with that. */
const connectOnce = async (
  port: number,
  app: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const { socket, first } = await shakeHands(port, app)
  return new Promise((resolve) => {
    let said = 0
    let heard = 0
    let code: number | undefined
    let rest = Buffer.alloc(0)
    const timer = setInterval(() => {
      if (code !== undefined) return
      said += 1
      socket.write(frame(TEXT, Buffer.from(String(said))))
    }, SAY_EVERY_MS)
    const leave = (): void => {
      code ??= GOING_AWAY
      socket.end(frame(CLOSE, Buffer.from([0x03, 0xe9])))
    }
    const listen = (bytes: Buffer): void => {
      rest = Buffer.concat([rest, bytes])
      for (; rest.length >= 2 && rest.length >= 2 + (rest[1] ?? 0);) {
        const payload = rest.subarray(2, 2 + (rest[1] ?? 0))
        const isClose = ((rest[0] ?? 0) & 15) === CLOSE
        rest = rest.subarray(2 + payload.length)
        if (isClose && code === undefined) {
          code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
          socket.end(frame(CLOSE, payload))
        } else if (payload.toString() === String(heard + 1)) heard += 1
      }
    }
    signal.addEventListener('abort', leave)
    socket.on('data', listen).on('error', () => {})
    socket.once('close', () => {
      clearInterval(timer)
      signal.removeEventListener('abort', leave)
      if (code !== GOING_AWAY) return resolve(`cut, code ${code ?? 'none'}`)
      // What crosses with the close is not answered.
      resolve(said - heard > 2 ? `${said - heard} of ${said} messages unanswered` : undefined)
    })
    listen(first)
    if (signal.aborted) leave()
  })
}

const shakeHands = (port: number, app: string): Promise<{ socket: Duplex; first: Buffer }> =>
  new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      agent: false,
      headers: {
        host: `${app}.localhost`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
    })
    asked.once('upgrade', (_, socket, first) => resolve({ socket: socket.setTimeout(0), first }))
    asked.once('response', ({ statusCode }) => {
      asked.destroy()
      reject(new Error(`answered ${statusCode}`))
    })
    asked.once('error', reject)
    asked.setTimeout(LIMIT_MS, () => asked.destroy(new Error(`silent for ${LIMIT_MS} ms`)))
    asked.end()
  })

/** A client's, of at most 125 bytes. */
const frame = (opcode: number, payload: Buffer): Buffer => {
  const mask = randomBytes(4)
  const masked = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}
