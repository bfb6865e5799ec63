import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { hasCode } from '#/foundation/errors.ts'

/** A TCP socket on which something of this machine waits for connections. */
export type Listener = {
  port: number
  /** Where to connect to: a loopback address; undefined if it takes none of those. */
  host: '127.0.0.1' | '::1' | undefined
  inode: string
}

/** The kernel gives no more at once. */
const CHUNK = Buffer.alloc(4 * 1024)
const LISTEN = '0A'

/**
 * The first for which `isIt`; a list that is not needed is not read. The kernel lists them before connections, and no more is read of the list than that, so that this costs
 * little on a machine with many connections; but on a large machine its empty table takes milliseconds to look through.
 */
export const findListener = (isIt: (listener: Listener) => boolean): Listener | undefined => {
  for (const path of LISTS) {
    const found = listenersIn(path).find(isIt)
    if (found) return found
  }
  return undefined
}

const LISTS = ['/proc/net/tcp', '/proc/net/tcp6']

const listenersIn = (path: string): Listener[] => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [] // a kernel without IPv6
    throw error
  }
  try {
    return readListeners(file)
  } finally {
    closeSync(file)
  }
}

const readListeners = (file: number): Listener[] => {
  const found: Listener[] = []
  let rest = ''
  let isFirst = true
  for (;;) {
    const count = readSync(file, CHUNK)
    if (count === 0) return found
    const lines = (rest + CHUNK.toString('latin1', 0, count)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of isFirst ? lines.slice(1) : lines) {
      const listener = parseLine(line)
      if (!listener) return found
      found.push(listener)
    }
    isFirst = false
  }
}

/** `sl local remote state tx:rx timer:when retransmits uid timeout inode …`; undefined for a connection. */
const parseLine = (line: string): Listener | undefined => {
  const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
  if (state !== LISTEN) return undefined
  const [address = '', port = ''] = local.split(':')
  return { port: Number.parseInt(port, 16), host: HOSTS[address], inode }
}

/** Addresses as the kernel prints them on little-endian machines. `::` takes IPv4 too, unless it was told not to. */
const HOSTS: Record<string, Listener['host']> = {
  '00000000': '127.0.0.1',
  '0100007F': '127.0.0.1',
  '00000000000000000000000000000000': '127.0.0.1',
  '0000000000000000FFFF00000100007F': '127.0.0.1',
  '00000000000000000000000001000000': '::1',
}

/** Inodes of the sockets that a process holds open. */
export const socketsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
    )
  } catch {
    return [] // it has ended
  }
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return '' // closed meanwhile
  }
}
