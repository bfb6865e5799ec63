import type { Db } from '#/foundation/db.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { isNoCommit } from '#/platform/build/repository.ts'
import type { Push } from './push.ts'
import { parseRefCommands } from './ref-commands.ts'

const BRANCHES = 'refs/heads/'
/** Of one push; who pushes more has them in the repository. */
const MOST_NAMED = 20

/**
 * The event of a push: which branches it has moved, and where to; a deleted one is nowhere. git's repository is the
 * record of the push itself, so that this comes right after it.
 * @param input as git's post-receive reads it
 */
export const noteBranches = async (
  db: Db,
  { app, actor }: Pick<Push, 'app' | 'actor'>,
  input: string,
): Promise<void> => {
  const moved = parseRefCommands(input).filter(({ ref }) => ref.startsWith(BRANCHES))
  if (moved.length === 0) return
  const named = moved.slice(0, MOST_NAMED)
  const nameOf = (ref: string): string => ref.slice(BRANCHES.length)
  const at = (oid: string): string | null => (isNoCommit(oid) ? null : oid)
  await insertEvent(db, actor, {
    resource: 'branch',
    action: 'update',
    appId: app.id,
    before: Object.fromEntries(named.map(({ ref, from }) => [nameOf(ref), at(from)])),
    after: Object.fromEntries(named.map(({ ref, to }) => [nameOf(ref), at(to)])),
  })
}
