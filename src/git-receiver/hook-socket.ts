import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import net from 'node:net'
import { dirname } from 'node:path'
import { messageOf } from '#/foundation/errors.ts'
import type { Log } from '#/foundation/log.ts'

/** A hook of git's that asks what to do. */
export type HookCall = {
  /** The one-time id of the push, from the hook's environment. */
  push: string
  hook: string
  /** Where the pushed objects wait; empty if there are none. */
  quarantine: string
  /** What git tells the hook on standard input. */
  input: string
  /** Shows text to whoever pushes; resolves once there is room for more. */
  say: (text: string) => Promise<void>
  /** Aborted once the hook has gone. */
  signal: AbortSignal
}

/** Returns the hook's exit status. */
export type HookHandler = (call: HookCall) => Promise<0 | 1>

export type HookSocket = { stop: () => Promise<void> }

const FAILED = 1
const LONGEST_INPUT = 4 * 1024 * 1024

/** Answers git's hooks on a unix socket of mode 0600. */
export const serveHooks = async (
  path: string,
  handle: HookHandler,
  log: Log,
): Promise<HookSocket> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rm(path, { force: true })
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serveHook(socket, handle, log).catch((error: unknown) => {
      if (!socket.destroyed) log.warn({ err: error }, 'a git hook could not be answered')
      socket.end(`\n !     Something went wrong here: ${messageOf(error)}\n\0${FAILED}`)
    })
  })
  const mask = process.umask(0o177)
  try {
    server.listen(path)
    await once(server, 'listening')
  } finally {
    process.umask(mask)
  }
  return {
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const serveHook = async (socket: net.Socket, handle: HookHandler, log: Log): Promise<void> => {
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  const [push = '', hook = '', quarantine = '', ...input] = (await readAll(socket)).split('\n')
  const status = await handle({
    push,
    hook,
    quarantine,
    input: input.join('\n'),
    signal: gone.signal,
    say: async (text) => {
      if (!socket.write(text)) await once(socket, 'drain', { signal: gone.signal })
    },
  })
  log.debug({ hook, status }, 'a git hook was answered')
  socket.end(`\0${status}`)
}

const readAll = async (socket: net.Socket): Promise<string> => {
  let text = ''
  socket.setEncoding('utf8')
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.length > LONGEST_INPUT) throw new Error('A git hook says too much.')
  }
  return text
}
