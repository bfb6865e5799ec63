import { dynoName, type Dyno } from '#/platform/dyno/dyno.ts'
import type { Formation } from '#/platform/formation/formation.ts'
import { RELEASE_PHASE } from '#/platform/release/release.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import type { Deploy } from './deploy.ts'

export type PlannedDyno = Pick<Dyno, 'type' | 'number' | 'size' | 'command'>

type Situation = {
  deploy: Pick<Deploy, 'id' | 'kind' | 'dynoName'>
  slug: Pick<Slug, 'processTypes'> | null
  formations: Pick<Formation, 'type' | 'quantity' | 'size'>[]
  /** Kept dynos that are wanted now. */
  running: Pick<Dyno, 'id' | 'type' | 'number' | 'size' | 'deployId' | 'retiredAt'>[]
}

/**
 * Which dynos a deploy adds. A release: the whole formation anew. A restart: those it names. A scale: those that
 * are missing, and those whose size has changed.
 */
export const planDynos = ({ deploy, slug, formations, running }: Situation): PlannedDyno[] => {
  const whole = formations.flatMap((formation) => dynosOf(formation, slug))
  if (deploy.kind === 'release') return whole
  if (deploy.kind === 'restart') return whole.filter((dyno) => isNamed(deploy, dyno))
  return whole.filter(
    (dyno) =>
      !running.some((other) => isLiving(other) && isSame(other, dyno) && other.size === dyno.size),
  )
}

/** Which dynos have had their time once a deploy's own are healthy. */
export const replacedBy = <D extends Situation['running'][number]>({
  deploy,
  kept,
  formations,
}: {
  deploy: Situation['deploy']
  kept: D[]
  formations: Situation['formations']
}): D[] => {
  const own = kept.filter(({ deployId }) => deployId === deploy.id)
  const others = kept.filter((dyno) => isLiving(dyno) && dyno.deployId !== deploy.id)
  if (deploy.kind === 'release') return others
  const isReplaced = (dyno: D): boolean => own.some((added) => isSame(added, dyno))
  const isSurplus = (dyno: D): boolean =>
    dyno.number > (formations.find(({ type }) => type === dyno.type)?.quantity ?? 0)
  return others.filter((dyno) => isReplaced(dyno) || isSurplus(dyno))
}

const dynosOf = (
  { type, quantity, size }: Situation['formations'][number],
  slug: Situation['slug'],
): PlannedDyno[] => {
  const command = slug?.processTypes[type]
  if (command === undefined || type === RELEASE_PHASE) return []
  return Array.from({ length: quantity }, (_, index) => ({
    type,
    number: index + 1,
    size,
    command,
  }))
}

const isLiving = ({ retiredAt }: { retiredAt: Date | null }): boolean => retiredAt === null

const isSame = (
  a: { type: string; number: number },
  b: { type: string; number: number },
): boolean => a.type === b.type && a.number === b.number

const isNamed = ({ dynoName: name }: Pick<Deploy, 'dynoName'>, dyno: PlannedDyno): boolean =>
  name === null || name === dyno.type || name === dynoName(dyno)
