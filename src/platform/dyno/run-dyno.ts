import { randomInt } from 'node:crypto'
import { seal } from '#/foundation/crypto.ts'
import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { newId, newSecret, sha256 } from '#/foundation/ids.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { DEFAULT_SIZE, sizeNamed } from '#/platform/formation/formation.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease } from '#/platform/release/release-store.ts'
import { dynoEnvPlace } from './dyno-feed.ts'
import { insertDynos } from './dyno-store.ts'
import type { Dyno } from './dyno.ts'

export type RunInput = {
  command: string
  attach: boolean
  env: Record<string, string>
  /** No terminal even if the client has one. */
  forceNoTty: boolean
  size: string | undefined
  type: string
}

const DEFAULT_COLUMNS = 80
const DEFAULT_LINES = 24

/**
 * Wants a one-off dyno of the app's current release. With `attach` it starts once its rendezvous secret, returned
 * this once, has been presented.
 */
export const runDyno = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  actor: Actor,
  app: App,
  input: RunInput,
): Promise<{ dyno: Dyno & { releaseVersion: number }; secret: string | null }> => {
  const size = input.size === undefined ? DEFAULT_SIZE : sizeNamed(input.size)
  if (size === undefined) throw invalidParams(`There is no dyno size ${input.size}.`)
  const release = await findCurrentRelease(db, actor, app.id)
  if (!release?.slugId)
    throw invalidParams('This app has no code yet. Push some, then run a command.')
  const secret = input.attach ? newSecret() : null
  const id = newId()
  const key = await getDataKey(db, keyring, app.id)
  const tty = ttyOf(input)
  return transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id) // of a destroyed app nothing starts
    const [dyno] = await insertDynos(tx, actor, [
      {
        id,
        appId: app.id,
        releaseId: release.id,
        deployId: null,
        kind: 'once',
        type: input.type,
        number: randomInt(1000, 10_000),
        size,
        command: input.command,
        sealedEnv: seal(key, dynoEnvPlace(id), JSON.stringify(input.env)),
        ...(tty ? { tty } : {}),
        ...(secret ? { attachHash: sha256(secret) } : {}),
      },
    ])
    if (!dyno) throw new Error('The dyno was not wanted.')
    await insertEvent(tx, actor, {
      resource: 'dyno',
      resourceId: id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      after: { type: input.type, command: input.command, size },
    })
    return { dyno: { ...dyno, releaseVersion: release.version }, secret }
  })
}

/** The CLI sends the size of its terminal only when it has one. */
const ttyOf = ({
  attach,
  forceNoTty,
  env,
}: RunInput): { columns: number; lines: number; term: string } | undefined => {
  if (!attach || forceNoTty || env['COLUMNS'] === undefined) return undefined
  return {
    columns: Number(env['COLUMNS']) || DEFAULT_COLUMNS,
    lines: Number(env['LINES']) || DEFAULT_LINES,
    term: /^[a-z0-9-]{1,40}$/i.test(env['TERM'] ?? '') ? (env['TERM'] ?? 'xterm') : 'xterm',
  }
}
