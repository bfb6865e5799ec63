import { rm } from 'node:fs/promises'
import net from 'node:net'
import type { ChildProcess } from 'node:child_process'

const END_OF_INPUT = 0x04

/** Resolves with the one client that connects to the socket; undefined if none does in time. */
export const acceptOne = async (
  path: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<net.Socket | undefined> => {
  await rm(path, { force: true })
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true })
  try {
    return await new Promise((resolve, reject) => {
      const limit = setTimeout(() => resolve(undefined), limitMs)
      signal.addEventListener('abort', () => resolve(undefined))
      server.once('error', reject)
      server.once('connection', (socket) => {
        clearTimeout(limit)
        resolve(socket)
      })
      const mask = process.umask(0o177)
      server.listen(path, () => process.umask(mask))
    })
  } finally {
    server.close()
    await rm(path, { force: true })
  }
}

/** Joins a process's three streams with the client. Without a terminal byte 0x04 in the input is its end. */
export const join = (
  client: net.Socket,
  child: ChildProcess,
  { hasTerminal }: { hasTerminal: boolean },
): void => {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('An attached process needs pipes.')
  client.on('error', () => client.destroy())
  stdin.on('error', () => {}) // the process may have closed its input
  client.on('data', (chunk: Buffer) => {
    const end = hasTerminal ? -1 : chunk.indexOf(END_OF_INPUT)
    if (end < 0) return void stdin.write(chunk)
    stdin.end(chunk.subarray(0, end))
  })
  client.once('end', () => stdin.end())
  stdout.pipe(client, { end: false })
  stderr.pipe(client, { end: false })
  child.once('close', () => client.end())
  client.resume()
}
