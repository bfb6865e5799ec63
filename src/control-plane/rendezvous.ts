import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { sha256 } from '#/foundation/ids.ts'
import { findLiving } from '#/platform/account/authorization-store.ts'
import { isAllowed, watchAccess } from '#/platform/account/watch-access.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { findAttachableDyno } from '#/platform/dyno/dyno-store.ts'
import { attachSocketPath } from '#/platform/dyno/engine.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

type Needs = Pick<Platform, 'db' | 'notifications' | 'paths' | 'log'>

/** A TLS connection, or what comes and goes on a WebSocket. */
export type RendezvousClient = Duplex & {
  setTimeout: (ms: number, onTimeout: () => void) => unknown
  remoteAddress?: string | undefined
}

const SECRET_LENGTH = 64
const FIRST_LINE_LIMIT_MS = 30_000
/** The client throws away the whole chunk that the banner comes in, so nothing else may be in it. */
const AFTER_BANNER_MS = 80
const ENGINE_LIMIT_MS = 20_000
const IDLE_LIMIT_MS = 3_600_000
const NOTHING_HERE = 'No dyno waits here.\r\n'

/**
 * Heroku's rendezvous: the client's first line is the secret of its attach URL, the answer a banner; from then on
 * raw bytes flow between the client and the one-off dyno, which starts now. Whoever was given the secret must still be
 * one who may run a dyno there, and stay so.
 */
export const serveRendezvous = (needs: Needs, client: RendezvousClient): void => {
  client.setTimeout(FIRST_LINE_LIMIT_MS, () => client.destroy())
  attach(needs, client).catch((error: unknown) => {
    needs.log.warn({ err: error }, 'a rendezvous has failed')
    client.destroy()
  })
}

const attach = async (needs: Needs, client: RendezvousClient): Promise<void> => {
  const { db, paths } = needs
  const secret = await readFirstLine(client)
  const dyno = secret === undefined ? undefined : await findAttachableDyno(db, sha256(secret))
  if (!dyno?.attachAccountId) return void client.end(NOTHING_HERE)
  const held = {
    authorizationId: dyno.attachAuthorizationId,
    ...(dyno.attachTokenMark === null ? {} : { tokenMark: dyno.attachTokenMark }),
    ...(dyno.attachSessionId === null ? {} : { sessionId: dyno.attachSessionId }),
  }
  const living = await findLiving(db, held)
  if (!living) return void client.end(NOTHING_HERE)
  const holder: Actor = {
    ...held,
    ...living,
    accountId: dyno.attachAccountId,
    name: 'rendezvous',
    requestId: null,
    remoteAddress: client.remoteAddress ?? null,
  }
  const check = (): Promise<App> => getApp(db, holder, dyno.appId, NEEDED.oneOffDynos)
  if (!(await isAllowed({ db }, holder, check))) return void client.end(NOTHING_HERE)
  client.write('rendezvous\r\n')
  client.setTimeout(IDLE_LIMIT_MS, () => client.destroy())
  await pause(AFTER_BANNER_MS)
  const engine = await connectToEngine(attachSocketPath(paths.run, dyno.id))
  if (client.destroyed) return void engine.destroy()
  const gone = new AbortController()
  client.on('close', () => gone.abort())
  watchAccess(needs, holder, check, gone.signal).addEventListener('abort', () => client.destroy())
  engine.on('error', () => client.destroy())
  client.on('error', () => engine.destroy())
  client.on('close', () => engine.destroy())
  engine.on('close', () => client.end())
  engine.pipe(client)
  client.pipe(engine)
}

/** The secret before CRLF, or undefined if what comes is none; what follows the line stays to be read. */
const readFirstLine = async (client: RendezvousClient): Promise<string | undefined> => {
  let got = Buffer.alloc(0)
  for (;;) {
    const chunk = client.read() as Buffer | null
    if (chunk) got = Buffer.concat([got, chunk])
    const end = got.indexOf('\n')
    if (end >= 0) {
      const rest = got.subarray(end + 1)
      if (rest.length > 0) client.unshift(rest)
      const line = got.subarray(0, end).toString('latin1').trim()
      return line.length === SECRET_LENGTH ? line : undefined
    }
    if (got.length > SECRET_LENGTH + 2 || client.destroyed || client.readableEnded) return undefined
    if (!chunk)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          client.off('readable', done).off('close', done).off('end', done)
          resolve()
        }
        client.on('readable', done).on('close', done).on('end', done)
      })
  }
}

/** The engine opens the socket once it knows of the dyno, which may be a moment from now. */
const connectToEngine = async (path: string): Promise<net.Socket> => {
  const deadline = performance.now() + ENGINE_LIMIT_MS
  for (;;) {
    const socket = net.createConnection({ path, allowHalfOpen: true })
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    if (isConnected) return socket
    if (performance.now() > deadline) throw new Error('The engine does not offer the dyno.')
    await pause(20)
  }
}
