import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { createApi } from '#/api/create-api.ts'
import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { keyringOf } from '#/platform/keyring.ts'
import { newKey } from '#/foundation/crypto.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import type { Database } from '#/foundation/db.ts'
import { createLogger } from '#/foundation/log.ts'
import { startNotifications } from '#/foundation/notifications.ts'
import { openLogWriter } from '#/log-store/log-writer.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'
import { findTokenHolder } from '#/platform/account/authorization-store.ts'
import { insertMasterKeyId } from '#/platform/master-key/master-key-store.ts'
import { createAccount } from '#/platform/team/create-account.ts'
import type { Platform } from '#/platform/platform.ts'
import { aTestDatabase } from './database.ts'

export type TestPlatform = {
  platform: Platform
  /** For what needs a connection of its own. */
  database: Database
  actor: Actor
  token: string
  /** The API through its real authentication, in memory; as the operator unless another token is given. */
  call: (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    options?: CallOptions,
  ) => Promise<LightMyRequestResponse>
  /** Another person with a personal team. */
  aPerson: () => Promise<{ actor: Actor; token: string; email: string }>
}

type CallOptions = { token?: string; headers?: Record<string, string> }

/** A platform on a database and a folder of its own: all but the processes. */
export const aTestPlatform = async (): Promise<TestPlatform> => {
  let stop = async (): Promise<void> => {}
  after(() => stop()) // before the database goes: hooks run in their order
  const database = await aTestDatabase()
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-'))
  const paths = dataDirPaths(dir)
  const log = createLogger('test')
  const notifications = await startNotifications(database.url, log)
  const logs = openLogWriter(paths.logs, 'control-plane')
  const keyring = keyringOf(newKey())
  await insertMasterKeyId(database.db, keyring.masterKeyId)
  const platform: Platform = {
    db: database.db,
    notifications,
    keyring,
    settings: {
      apiHost: 'localhost',
      apiPort: 5000,
      domain: 'localhost',
      routerPort: 8080,
      routerTlsPort: 8443,
    },
    paths,
    mail: null,
    openId: null,
    logs,
    store: openDiskStore(paths.artifacts),
    log,
  }
  const api = await createApi(platform)
  stop = async () => {
    await api.stop()
    await notifications.stop()
    await logs.stop()
    await rm(dir, { recursive: true, force: true })
  }
  const aPerson = async () => {
    const email = `person-${randomBytes(4).toString('hex')}@example.com`
    const { token } = await createAccount(platform.db, systemActor('test'), {
      email,
      tokenDescription: 'test',
    })
    const holder = await findTokenHolder(platform.db, token)
    if (!holder) throw new Error('The new token is not known.')
    return {
      email,
      token,
      actor: {
        accountId: holder.accountId,
        name: email,
        authorizationId: holder.authorizationId,
        scope: holder.scope,
        requestId: null,
        remoteAddress: null,
      },
    }
  }
  const operator = await aPerson()
  return {
    platform,
    database,
    actor: operator.actor,
    token: operator.token,
    aPerson,
    call: (method, url, body, { token = operator.token, headers = {} } = {}) =>
      api.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/vnd.heroku+json; version=3',
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body as object }),
      }),
  }
}
