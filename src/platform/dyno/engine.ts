import type { FeedRow } from '#/foundation/feed.ts'

/**
 * The interface between the control plane and an engine: what is wanted, and what became of it.
 * The engine follows the feed `dynos`: its rows are all dynos that must run. A row that goes from the table
 * must be stopped. An engine has no database; it keeps its last table on disk and goes on with it alone.
 */
export const DYNO_FEED = 'dynos'

export type WantedDyno = FeedRow & {
  appId: string
  appName: string
  /** `web.1`, `run.4321`, `release.7` */
  name: string
  /**
   * kept: runs for ever, started again when it ends, with back-off 0, 10, 20 … 300 s.
   * once: runs to its end. Its id is on disk before it starts, and it is never started a second time.
   */
  kind: 'kept' | 'once'
  /** Of a once-dyno: an engine has told that it runs. One that knows nothing of it tells that it was lost. */
  hasStarted?: boolean
  /** Artifact to mount at /app, `sha256:…`; null: an empty /app. */
  digest: string | null
  /** Given to `bash -c` in the dyno, after its .profile.d scripts. */
  command: string
  /** The whole environment of the app (config vars, DYNO …) but for PORT, HOME and PATH, which the engine adds. */
  env: Record<string, string>
  /** Of config vars: whether their values are taken out of the log, where people said so. May change while it runs. */
  marks?: Record<string, 'secret' | 'plain'>
  /** Gets a PORT, and is up once something listens on it; else up once its process has started. */
  web: boolean
  /** Of a web dyno: it is up once a GET of this path has succeeded, too. */
  healthPath?: string
  /** Load and memory of it go to the log, about every 20 s. May change while it runs. */
  logsUsage?: boolean
  /** A web dyno that is not up within this time is stopped and reported as crashed with R10. */
  bootLimitMs: number
  /** From SIGTERM to SIGKILL. */
  stopLimitMs: number
  /** once: ended after this time; null: no limit. */
  timeLimitMs: number | null
  memoryBytes: number
  /** What it may write below /app, before it is stopped; undefined: no limit. */
  diskBytes?: number
  /** A one-off dyno that starts only when somebody connects to `attachSocketPath(runDir, id)`; R13 if nobody does in 60 s. */
  attached: boolean
  /**
   * Of an attached dyno: a terminal of this size, or none (then 0x04 in the input means its end). The size may change
   * while it runs.
   */
  tty: { columns: number; lines: number; term: string } | null
}

export type DynoState = 'starting' | 'up' | 'crashed' | 'down' | 'complete'

/**
 * What the engine says of a dyno, whole, at each change of it. `down`: stopped because it is no longer wanted;
 * `complete`: a once-dyno that ran to its end; `crashed`: a kept one that ended by itself and will start again.
 */
export type DynoReport = {
  id: string
  state: DynoState
  /** Where requests for a web dyno go. The same over its restarts. */
  address: { host: string; port: number } | null
  /** Of its last run; null while it runs. 128 + n if signal n ended it. */
  exitStatus: number | null
  /** For people: `R10 (Boot timeout) …`, `R12 (Exit timeout)`, or why it could not start. */
  reason: string | null
  restarts: number
  /** ISO 8601 */
  at: string
}

export type EngineReport = {
  /** The first report after a table names every dyno the engine knows; those it does not name are not running. */
  whole: boolean
  dynos: DynoReport[]
  /** Minutes in which dynos were looked at, each whole as far as it has come. */
  usage?: UsageMinute[]
}

/** What the dynos of one process type used in one minute, as one engine saw it. */
export type UsageMinute = {
  appId: string
  processType: string
  /** Its start, ISO 8601. */
  minute: string
  /** Looks at a dyno; memory and load are sums over them. */
  samples: number
  cpuMs: number
  memorySumBytes: number
  memoryMaxBytes: number
  loadSum: number
}

/** Raw bytes both ways, once; the end of the stream is the end of the dyno. */
export const attachSocketPath = (runDir: string, dynoId: string): string =>
  `${runDir}/attach-${dynoId.slice(0, 13)}.sock`
