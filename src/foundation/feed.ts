import { rm } from 'node:fs/promises'
import net from 'node:net'
import { createInterface } from 'node:readline'
import type { Log } from '#/foundation/log.ts'

/**
 * A feed carries a table of rows, each with an `id`, from the one who decides to those who act on it:
 * whole at connect, numbered changes after, each to be applied at once. Reports flow back, and each says
 * which number its sender had applied when it made it. JSON lines on a unix socket of mode 0600.
 */
export type FeedRow = { id: string }
export type FeedTable<Row extends FeedRow> = { number: number; rows: Row[] }
export type FeedChange<Row extends FeedRow> = { number: number; set: Row[]; remove: string[] }

type ToFollower<Row extends FeedRow> =
  | ({ kind: 'table' } & FeedTable<Row>)
  | ({ kind: 'change' } & FeedChange<Row>)
type ToSource<Report> =
  | { kind: 'hello'; feed: string; follower: string }
  | { kind: 'applied'; number: number }
  | { kind: 'report'; number: number; report: Report }
  | { kind: 'goodbye' }

/** Where a feed comes from. `changesSince` returns undefined if it cannot tell, and then the table is sent anew. */
export type FeedSource<Row extends FeedRow, Report> = {
  name: string
  readTable(): Promise<FeedTable<Row>>
  readChange(since: number): Promise<FeedChange<Row> | undefined>
  /** Calls back whenever there may be a new number. */
  onNews(listener: () => void): () => void
  /** `number` is what the follower had applied. Awaited before the next report of this follower is taken. */
  onReport(follower: Follower, number: number, report: Report): Promise<void>
  /** The follower acts on everything up to `follower.appliedNumber`. */
  onApplied?(follower: Follower): void
  onJoin?(follower: Follower): void
  /** Of one that has said goodbye: once its reports were taken. */
  onLeave?(follower: Follower): void
}

/** Somebody at the other end: an engine or a router process, for as long as its connection lasts. */
export type Follower = {
  id: string
  appliedNumber: number
  /** It ends in order and never comes back: its last report was its last. */
  hasSaidGoodbye?: boolean
}

export type FeedServer = { stop: () => Promise<void> }

/** Serves several feeds on one socket; a follower says in its first line which it wants. */
export const serveFeeds = async (
  path: string,
  sources: FeedSource<FeedRow, unknown>[],
  log: Log,
): Promise<FeedServer> => {
  await rm(path, { force: true })
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serveFollower(socket, sources, log)
  })
  const mask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
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

const serveFollower = (
  socket: net.Socket,
  sources: FeedSource<FeedRow, unknown>[],
  log: Log,
): void => {
  const lines = createInterface({ input: socket, crlfDelay: Infinity })
  let reports = Promise.resolve()
  let follower: Follower | undefined
  let source: FeedSource<FeedRow, unknown> | undefined
  lines.on('line', (line) => {
    const message = JSON.parse(line) as ToSource<unknown>
    if (message.kind === 'hello') {
      source = sources.find(({ name }) => name === message.feed)
      if (!source) return socket.destroy()
      follower = { id: message.follower, appliedNumber: -1 }
      source.onJoin?.(follower)
      return keepFed(socket, source, log)
    }
    if (message.kind === 'goodbye') {
      if (follower) follower.hasSaidGoodbye = true
      return
    }
    reports = reports
      .then(async () => {
        if (!follower || !source) return
        follower.appliedNumber = message.number
        if (message.kind === 'applied') source.onApplied?.(follower)
        else await source.onReport(follower, message.number, message.report)
      })
      .catch((error: unknown) => {
        // The report is lost with this connection; the follower reports whole when it connects again.
        log.warn({ err: error }, 'a report could not be taken')
        socket.destroy()
      })
  })
  lines.on('error', () => socket.destroy())
  socket.once('close', () => {
    const left = follower
    if (left?.hasSaidGoodbye) void reports.then(() => source?.onLeave?.(left))
    else if (left) source?.onLeave?.(left)
  })
}

/** Sends the table, then each change, one read of the database at a time. */
const keepFed = <Row extends FeedRow>(
  socket: net.Socket,
  source: FeedSource<Row, unknown>,
  log: Log,
): void => {
  let sent = -1
  let busy = false
  let news = true
  const send = (message: ToFollower<Row>): void => {
    sent = message.number
    socket.write(JSON.stringify(message) + '\n')
  }
  const catchUp = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      while (news && !socket.destroyed) {
        news = false
        const change = sent === -1 ? undefined : await source.readChange(sent)
        if (!change) send({ kind: 'table', ...(await source.readTable()) })
        else if (change.number > sent) send({ kind: 'change', ...change })
      }
    } catch (error) {
      log.warn({ err: error, feed: source.name }, 'the feed could not be read; trying again')
      setTimeout(() => {
        news = true
        void catchUp()
      }, 500).unref()
    } finally {
      busy = false
    }
  }
  const stop = source.onNews(() => {
    news = true
    void catchUp()
  })
  socket.once('close', stop)
  void catchUp()
}

export type FeedClient<Report> = {
  /** Sends a report with the number applied last; dropped if there is no connection (a new connection asks for a whole one). */
  report: (report: Report) => void
  isConnected: () => boolean
  /** Says goodbye: whatever there was to report must have been. */
  stop: () => void
}

export type FeedClientOptions<Row extends FeedRow, Report> = {
  path: string
  feed: string
  follower: string
  log: Log
  /** Applies at once, or throws and the connection begins anew. */
  applyTable: (table: FeedTable<Row>) => void
  applyChange: (change: FeedChange<Row>) => void
  /** What to report whole whenever a table has been applied. */
  wholeReport: () => Report
}

const RETRY_MS = 200

/** Follows a feed for ever: connects again whenever the connection is lost. */
export const followFeed = <Row extends FeedRow, Report>(
  options: FeedClientOptions<Row, Report>,
): FeedClient<Report> => {
  let socket: net.Socket | undefined
  let applied = -1
  let stopped = false
  let retry: NodeJS.Timeout | undefined

  const send = (message: ToSource<Report>): void => {
    socket?.write(JSON.stringify(message) + '\n')
  }
  const apply = (message: ToFollower<Row>): void => {
    if (message.kind === 'table') options.applyTable(message)
    else options.applyChange(message)
    applied = message.number
    if (message.kind === 'table')
      send({ kind: 'report', number: applied, report: options.wholeReport() })
    send({ kind: 'applied', number: applied })
  }
  const connect = (): void => {
    const next = net.createConnection(options.path)
    next.once('connect', () => {
      socket = next
      send({ kind: 'hello', feed: options.feed, follower: options.follower })
    })
    next.on('error', () => next.destroy())
    next.once('close', () => {
      socket = undefined
      if (!stopped) retry = setTimeout(connect, RETRY_MS)
    })
    createInterface({ input: next, crlfDelay: Infinity })
      .on('line', (line) => {
        try {
          apply(JSON.parse(line) as ToFollower<Row>)
        } catch (error) {
          options.log.error({ err: error }, 'a feed message could not be applied')
          next.destroy()
        }
      })
      .on('error', () => next.destroy())
  }
  connect()

  return {
    report: (report) => send({ kind: 'report', number: applied, report }),
    isConnected: () => socket !== undefined,
    stop: () => {
      stopped = true
      clearTimeout(retry)
      send({ kind: 'goodbye' })
      socket?.destroySoon()
    },
  }
}
