import { chmod, mkdir, rm } from 'node:fs/promises'
import net from 'node:net'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { KeeperAnswer, KeeperRequest } from '#/foundation/ask-keeper.ts'
import { messageOf } from '#/foundation/errors.ts'

type Result = Record<string, string | number>
export type RequestHandlers = Record<
  KeeperRequest['request'],
  (onStep: (step: string) => void) => Promise<Result>
>

/** Answers requests: see `askKeeper`. Lies in a folder that only the platform's user may enter. */
export const serveRequests = async (
  path: string,
  handlers: RequestHandlers,
): Promise<net.Server> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rm(path, { force: true })
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy())
    createInterface({ input: socket, crlfDelay: Infinity })
      .once('line', (line) => void answer(socket, line, handlers))
      .on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  await chmod(path, 0o600)
  return server
}

const answer = async (
  socket: net.Socket,
  line: string,
  handlers: RequestHandlers,
): Promise<void> => {
  const send = (message: KeeperAnswer): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
  }
  try {
    const { request } = JSON.parse(line) as KeeperRequest
    if (!Object.hasOwn(handlers, request)) throw new Error('The keeper does not know this request.')
    send({ result: await handlers[request]((step) => send({ step })) })
  } catch (error) {
    send({ error: messageOf(error) })
  }
  socket.end()
}
