import { snapshot, type Db } from '#/foundation/db.ts'
import type { Platform } from '#/platform/platform.ts'
import { sha256 } from '#/foundation/ids.ts'
import { hashOfSeal, NO_SEAL, unpackRowHashes, type HashedEvent } from './event-seal.ts'
import {
  countEventsSince,
  eachSeal,
  endOfHour,
  hashEvents,
  listUnsealedBefore,
  type StoredSeal,
} from './seal-store.ts'

export type Problem = {
  kind: 'altered' | 'removed' | 'added' | 'seal'
  /** Null: the hour has no seal. */
  hour: Date | null
  eventId: number | null
  message: string
}

export type Verification = {
  /** Sealed hours that are there, with how many events; those whose events retention dropped are told apart. */
  hours: number
  events: number
  droppedHours: number
  /** Not yet sealed, so not verified. */
  unsealed: number
  /** Hash of the newest seal, hexadecimal. Kept elsewhere, it proves later that nothing up to it was changed. */
  head: string | null
  problems: Problem[]
  /** There are more problems than these. */
  isCut: boolean
}

const MOST_PROBLEMS = 200

/** Computes every seal again from the rows and says what does not fit. @param head of an earlier verification */
export const verifyEvents = ({ db }: Pick<Platform, 'db'>, head?: string): Promise<Verification> =>
  snapshot(db, async (tx) => {
    const chain = await verifyChain(tx, head)
    const end = chain.last && endOfHour(chain.last.hour)
    const strays = end ? await listUnsealedBefore(tx, end, MOST_PROBLEMS) : []
    const problems = [
      ...chain.problems,
      ...(chain.isHeadThere
        ? []
        : [sealProblem(null, `No seal has the hash ${head}: seals were removed or made anew.`)]),
      ...strays.map((id) => problemOf('added', null, id)),
    ]
    return {
      hours: chain.hours,
      events: chain.events,
      droppedHours: chain.droppedHours,
      unsealed: await countEventsSince(tx, end),
      head: chain.last?.hash.toString('hex') ?? null,
      problems: problems.slice(0, MOST_PROBLEMS),
      isCut: problems.length > MOST_PROBLEMS,
    }
  })

type Chain = Pick<Verification, 'hours' | 'events' | 'droppedHours' | 'problems'> & {
  last: StoredSeal | undefined
  isHeadThere: boolean
}

const verifyChain = async (tx: Db, head: string | undefined): Promise<Chain> => {
  const problems: Problem[] = []
  const count = { hours: 0, events: 0, droppedHours: 0 }
  let last: StoredSeal | undefined
  let isHeadThere = head === undefined
  for await (const seal of eachSeal(tx)) {
    problems.push(...checkSeal(seal, last))
    for await (const problem of checkRows(tx, seal))
      if (problems.length <= MOST_PROBLEMS) problems.push(problem)
    if (seal.droppedAt) count.droppedHours += 1
    else {
      count.hours += 1
      count.events += seal.count
    }
    isHeadThere ||= seal.hash.toString('hex') === head
    last = { ...seal, rowHashes: null }
  }
  return { ...count, problems, last, isHeadThere }
}

const checkSeal = (seal: StoredSeal, last: StoredSeal | undefined): Problem[] => {
  const problems: Problem[] = []
  if (!seal.previousHash.equals(last?.hash ?? NO_SEAL))
    problems.push(
      sealProblem(
        seal.hour,
        last
          ? `A seal between ${last.hour.toISOString()} and ${seal.hour.toISOString()} was removed, or one of the two was changed.`
          : `Seals before ${seal.hour.toISOString()} were removed.`,
      ),
    )
  if (!hashOfSeal(seal).equals(seal.hash))
    problems.push(sealProblem(seal.hour, `The seal of ${seal.hour.toISOString()} was changed.`))
  if (seal.rowHashes && !sha256(seal.rowHashes).equals(seal.rowsHash))
    problems.push(
      sealProblem(seal.hour, `The hashes in the seal of ${seal.hour.toISOString()} were changed.`),
    )
  if (seal.droppedAt && last && !last.droppedAt)
    problems.push(
      sealProblem(
        seal.hour,
        `The events of ${seal.hour.toISOString()} were dropped, but not those before: retention did not do that.`,
      ),
    )
  return problems
}

/** Both sides come by id: whatever one has and the other has not is named. */
async function* checkRows(tx: Db, seal: StoredSeal): AsyncGenerator<Problem> {
  const sealed = seal.rowHashes ? unpackRowHashes(seal.rowHashes) : [].values()
  let expected: HashedEvent | undefined = sealed.next().value
  for await (const { id, hash } of hashEvents(tx, seal.hour)) {
    while (expected && expected.id < id) {
      yield problemOf('removed', seal.hour, expected.id)
      expected = sealed.next().value
    }
    if (expected?.id !== id) {
      yield problemOf('added', seal.hour, id)
      continue
    }
    if (!expected.hash.equals(hash)) yield problemOf('altered', seal.hour, id)
    expected = sealed.next().value
  }
  for (; expected; expected = sealed.next().value)
    yield problemOf('removed', seal.hour, expected.id)
}

const problemOf = (
  kind: 'altered' | 'removed' | 'added',
  hour: Date | null,
  eventId: number,
): Problem => ({
  kind,
  hour,
  eventId,
  message: `Event ${eventId}${hour ? ` of the hour ${hour.toISOString()}` : ''} was ${kind} after sealing.`,
})

const sealProblem = (hour: Date | null, message: string): Problem => ({
  kind: 'seal',
  hour,
  eventId: null,
  message,
})
