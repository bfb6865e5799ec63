export type DeployKind = 'release' | 'restart' | 'scale'
export type DeployStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** A finished or begun step, saved so that whoever goes on after a crash begins where it stopped. */
export type DeployStep = {
  name: string
  startedAt: string
  finishedAt: string | null
  result: string | null
}

/** Of the steps, the one after which the engine has something to do. */
export const WANT_DYNOS = 'want-dynos'
/** From its end on the new dynos take the requests. */
export const ROUTE = 'route'

/** What the routers counted while a deploy went from old dynos to new. */
export type Evidence = {
  servedByOld: number
  servedByNew: number
  /** Of the old ones' requests, those under way when no new ones came to them any more. */
  drained: number
  failed: number
  /** Of those of the new dynos, and of the drained ones. */
  longestMs: number
  /** Every router has told all of it; undefined: of a time when nobody asked that. */
  complete?: boolean
}

/** One attempt to make an app run a release, to restart it or to scale it. At most one runs per app; the others queue. */
export type Deploy = {
  id: string
  appId: string
  kind: DeployKind
  releaseId: string
  /** Of a restart: one dyno (`web.1`), all of a type (`web`), or all (null). */
  dynoName: string | null
  status: DeployStatus
  steps: DeployStep[]
  fence: number
  evidence: Evidence | null
  failureReason: string | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

export const isFinished = ({ status }: Pick<Deploy, 'status'>): boolean =>
  status !== 'queued' && status !== 'running'

export const finishedStep = (deploy: Pick<Deploy, 'steps'>, name: string): DeployStep | undefined =>
  deploy.steps.find((step) => step.name === name && step.finishedAt !== null)

/** A failure that is the app's (its release command, its boot): the deploy fails with it, and nothing is tried again. */
export class DeployFailure extends Error {
  override readonly name = 'DeployFailure'
}

/** Another runner has taken the deploy over; this one must not write any more. */
export class FenceLost extends Error {
  override readonly name = 'FenceLost'
}
