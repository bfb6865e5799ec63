import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '#/foundation/log.ts'

/**
 * One connection that LISTENs for the whole process. Channels in use (payload is the id after the colon in each migration's trigger):
 * `dyno_feed`, `route_feed`, `dyno_changed`, `deploy_changed`, `build_changed`, `cli_login_changed`, `event_added`, `access_changed`,
 * `log_drains_changed`.
 * A notification is a hint to look, never the news itself: whoever waits reads the rows, so a lost connection loses nothing.
 */
export type Notifications = {
  /** Calls `listener` with the payload; also with `undefined` after a reconnect, when something may have been missed. */
  subscribe: (channel: string, listener: (payload: string | undefined) => void) => () => void
  stop: () => Promise<void>
}

const RECONNECT_MS = 500
const KEEPALIVE_MS = 10_000

export const startNotifications = async (url: string, log: Log): Promise<Notifications> => {
  const listeners = new Map<string, Set<(payload: string | undefined) => void>>()
  let client: (pg.Client & { inTurn: (text: string) => Promise<unknown> }) | undefined
  let stopped = false

  const connect = async (): Promise<void> => {
    const next = oneByOne(
      new pg.Client({
        connectionString: url,
        keepAlive: true,
        connectionTimeoutMillis: 5_000,
        application_name: 'sluice-listen',
      }),
    )
    next.on('notification', ({ channel, payload }) => {
      for (const listener of listeners.get(channel) ?? []) listener(payload)
    })
    const lost = (): void => {
      if (client !== next) return
      client = undefined
      void reconnect()
    }
    next.on('error', lost)
    next.on('end', lost)
    await next.connect()
    for (const channel of listeners.keys())
      await next.inTurn(`listen ${pg.escapeIdentifier(channel)}`)
    client = next
  }

  const reconnect = async (): Promise<void> => {
    while (!stopped) {
      try {
        await connect()
        for (const set of listeners.values()) for (const listener of set) listener(undefined)
        return
      } catch (error) {
        log.warn({ err: error }, 'database notifications are cut off; trying again')
        await pause(RECONNECT_MS)
      }
    }
  }

  /** A half-open connection says nothing for ever: ask it something now and then. */
  const keepalive = setInterval(() => {
    const asked = client
    if (!asked) return
    const limit = setTimeout(() => void asked.end().catch(() => {}), 5_000)
    asked.inTurn('select 1').then(
      () => clearTimeout(limit),
      () => clearTimeout(limit),
    )
  }, KEEPALIVE_MS)
  keepalive.unref()

  await connect()

  return {
    subscribe: (channel, listener) => {
      const set = listeners.get(channel) ?? new Set()
      const isNew = set.size === 0
      listeners.set(channel, set.add(listener))
      if (isNew)
        void client?.inTurn(`listen ${pg.escapeIdentifier(channel)}`).then(
          () => listener(undefined),
          () => {},
        )
      return () => void set.delete(listener)
    },
    stop: async () => {
      stopped = true
      clearInterval(keepalive)
      const last = client
      client = undefined
      await last?.end().catch(() => {})
    },
  }
}

/** A client answers one question at a time; whoever asks meanwhile waits. */
const oneByOne = (client: pg.Client) => {
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = (text: string): Promise<unknown> => {
    const answer = before.then(() => client.query(text))
    before = answer.catch(() => {})
    return answer
  }
  return Object.assign(client, { inTurn })
}

export type WaitOptions<T> = {
  notifications: Notifications
  channel: string
  /** Only notifications with this payload wake the check (and those that say something may have been missed). */
  payload?: string
  /** Returns something to end the wait with, or undefined to go on. */
  check: () => Promise<T | undefined>
  /** Milliseconds on the monotonic clock; at its end `waitFor` returns undefined. */
  limitMs: number
  /** How often to look without a notification. */
  lookAnywayMs?: number
  signal?: AbortSignal
}

/** Safety net for a notification that got lost: look anyway. */
const LOOK_ANYWAY_MS = 1_000

/** Waits until `check` returns something, looking at each notification; undefined if the limit passed first. */
export const waitFor = async <T>(options: WaitOptions<T>): Promise<T | undefined> => {
  const { notifications, channel, payload, check, limitMs, signal } = options
  const { lookAnywayMs = LOOK_ANYWAY_MS } = options
  const deadline = performance.now() + limitMs
  let wake = (): void => {}
  let dirty = false
  const unsubscribe = notifications.subscribe(channel, (got) => {
    if (got !== undefined && payload !== undefined && got !== payload) return
    dirty = true
    wake()
  })
  const onAbort = (): void => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    for (;;) {
      signal?.throwIfAborted()
      dirty = false
      const found = await check()
      if (found !== undefined) return found
      const left = deadline - performance.now()
      if (left <= 0) return undefined
      if (dirty) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, lookAnywayMs))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (dirty || signal?.aborted) wake()
      })
    }
  } finally {
    unsubscribe()
    signal?.removeEventListener('abort', onAbort)
  }
}
