import type { DynoState } from './engine.ts'

export type Dyno = {
  id: string
  appId: string
  releaseId: string
  deployId: string | null
  kind: 'kept' | 'once'
  type: string
  number: number
  size: string
  command: string
  wanted: boolean
  routable: boolean
  state: DynoState
  exitStatus: number | null
  reason: string | null
  restarts: number
  readyAt: Date | null
  retiredAt: Date | null
  drainedAt: Date | null
  stoppedAt: Date | null
  stateChangedAt: Date
  createdAt: Date
}

export const dynoName = ({ type, number }: Pick<Dyno, 'type' | 'number'>): string =>
  `${type}.${number}`

/** A kept dyno is healthy once it is up; only web dynos have to listen before they are. */
export const isHealthy = (dyno: Pick<Dyno, 'state'>): boolean => dyno.state === 'up'

/** It ended, or ended once and waits to be started again: a deploy that wanted it has failed. */
export const hasFailed = (dyno: Pick<Dyno, 'state'>): boolean =>
  dyno.state === 'crashed' || dyno.state === 'down' || dyno.state === 'complete'
