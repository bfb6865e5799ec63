import type { ArtifactStore } from '#/artifact-store/artifact-store.ts'
import type { DataDirPaths } from '#/foundation/data-dir.ts'
import type { Db } from '#/foundation/db.ts'
import type { Log } from '#/foundation/log.ts'
import type { MailSettings } from '#/foundation/mail.ts'
import type { OpenIdSettings } from '#/foundation/open-id.ts'
import type { Notifications } from '#/foundation/notifications.ts'
import type { LogWriter } from '#/log-store/log-writer.ts'

/** What a use case may need, made once in bin/. Each takes `Pick<Platform, …>` of just its own needs. */
export type Platform = {
  db: Db
  notifications: Notifications
  keyring: Keyring
  settings: PlatformSettings
  paths: DataDirPaths
  /** null: no SMTP server is set, and no mail can be sent. */
  mail: MailSettings | null
  /** null: people sign in by password alone. */
  openId: OpenIdSettings | null
  /** Lines of the apps' logs. */
  logs: LogWriter
  store: ArtifactStore
  /** What the platform says of itself. */
  log: Log
}

export type MasterKey = {
  /** Wraps data keys. */
  masterKey: Buffer
  masterKeyId: string
  /** Signs capability URLs; derived from the master key. */
  signingKey: Buffer
}

/** One object for the whole process. A rotation changes what it holds, so nobody keeps a key of it for later. */
export type Keyring = MasterKey & {
  /** During a rotation: those that something may still be wrapped or signed with. */
  previous: readonly MasterKey[]
}

/** Where people and programs reach this platform. */
export type PlatformSettings = {
  /** Of the API, dashboard and git: `localhost:5000`. */
  apiHost: string
  apiPort: number
  /** Apps are served at `<app>.<domain>:<routerPort>`. */
  domain: string
  routerPort: number
  /** The same with TLS. */
  routerTlsPort: number
}
