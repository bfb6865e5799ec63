import type { ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import net from 'node:net'
import { attachSocketPath, type WantedDyno } from '#/platform/dyno/engine.ts'
import type { DynoRun } from './dyno-run.ts'

/** Somebody who has come to be attached to a dyno that starts for that. */
export type AttachedClient = {
  join: (run: DynoRun, onLeft: () => void) => void
  /** There is no run to join. */
  dismiss: () => void
}

export type AdmitOptions = { runDir: string; wanted: WantedDyno; limitMs: number }

/** Undefined if nobody comes in time, or before the signal. */
export const admitClient = async (
  { runDir, wanted, limitMs }: AdmitOptions,
  signal: AbortSignal,
): Promise<AttachedClient | undefined> => {
  const socket = await acceptOne(attachSocketPath(runDir, wanted.id), limitMs, signal)
  if (!socket) return undefined
  let hasJoined = false
  return {
    join: ({ streams }, onLeft) => {
      if (!streams) return
      hasJoined = true
      joinStreams(socket, streams, { hasTerminal: wanted.tty !== null, onLeft })
    },
    dismiss: () => {
      if (!hasJoined) socket.destroy()
    },
  }
}

const END_OF_INPUT = 0x04

/** Resolves with the one client that connects to the socket; undefined if none does in time, or before the signal. */
const acceptOne = async (
  path: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<net.Socket | undefined> => {
  await rm(path, { force: true })
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true })
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket | undefined>()
  const giveUp = (): void => resolve(undefined)
  const limit = setTimeout(giveUp, limitMs)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  server.once('error', reject).on('connection', (socket) => {
    socket.on('error', () => socket.destroy())
    if (server.listening) resolve(socket)
    else socket.destroy()
    server.close()
  })
  const mask = process.umask(0o177)
  server.listen(path) // makes the socket before it returns
  process.umask(mask)
  try {
    return await promise
  } finally {
    clearTimeout(limit)
    signal.removeEventListener('abort', giveUp)
    server.close()
    await rm(path, { force: true })
  }
}

type JoinOptions = {
  /** With a terminal every byte is for that; without one, byte 0x04 in the input is its end. */
  hasTerminal: boolean
  /** The client has left before the process ended. */
  onLeft: () => void
}

/** Joins a process's three streams with the client. The end of the process, all it printed sent, is the end of the stream. */
const joinStreams = (
  client: net.Socket,
  child: ChildProcess,
  { hasTerminal, onLeft }: JoinOptions,
): void => {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('An attached process needs pipes.')
  stdin.on('error', () => client.resume()) // it has closed its input, or ended
  stdin.on('drain', () => client.resume())
  client.on('data', (chunk: Buffer) => {
    if (!stdin.writable) return
    const end = hasTerminal ? -1 : chunk.indexOf(END_OF_INPUT)
    if (end >= 0) stdin.end(chunk.subarray(0, end))
    else if (!stdin.write(chunk)) client.pause()
  })
  stdout.pipe(client, { end: false })
  stderr.pipe(client, { end: false })

  let isOver = false
  const left = (): void => {
    stdin.end()
    if (!isOver) onLeft()
    isOver = true
  }
  const gone = (): void => {
    stdout.resume() // nobody reads it any more, and the process must not wait for that
    stderr.resume()
    left()
  }
  client.once('end', left).once('close', gone)
  child.once('close', () => {
    isOver = true
    client.end()
    client.resume()
  })
  if (client.destroyed) gone()
  client.resume()
}
