import type { IncomingMessage } from 'node:http'
import { config } from '#/foundation/config.ts'

export type BodyPace = {
  /** How often it is looked at. */
  everyMs: number
  /** What must have come in that time. */
  leastBytes: number
}

/** 100 bytes a second, as the router wants. */
export const bodyPace = (everyMs = config.bodyLookMs): BodyPace => ({
  everyMs,
  leastBytes: everyMs / 10,
})

/**
 * Cuts the connection of a body that hardly comes. However long a body takes that does come, and however long the
 * answer then is, is no matter; a body that waits because we do not read it is not slow.
 */
export const cutIfSlow = (request: IncomingMessage, { everyMs, leastBytes }: BodyPace): void => {
  if (!hasBody(request)) return
  const { socket } = request
  let before = socket.bytesRead
  const timer = setInterval(() => {
    if (request.complete) return stop()
    const came = socket.bytesRead - before
    before = socket.bytesRead
    if (came < leastBytes && request.readableLength === 0) socket.destroy()
  }, everyMs).unref()
  const stop = (): void => {
    clearInterval(timer)
    socket.off('close', stop)
  }
  request.once('end', stop)
  socket.once('close', stop)
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
