import { branchRef, DEPLOY_BRANCHES, isNoCommit, isOid } from '#/platform/build/repository.ts'
import { isRefName, shownRef } from '#/platform/build/ref-name.ts'

/** One ref that a push wants to move: what its hooks read on standard input. Zeros are "no such ref". */
export type RefCommand = { from: string; to: string; ref: string }

export type Judgement =
  | { kind: 'build'; branch: string; from: string; commit: string }
  | { kind: 'store' }
  | { kind: 'refuse'; message: string }

const MOST_REFS = 5_000

/** @throws Error for what git never says */
export const parseRefCommands = (text: string): RefCommand[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, from = '', to = '', ref = ''] = /^(\S+) (\S+) (.+)$/.exec(line) ?? []
      if (!isOid(from) || !isOid(to)) throw new Error('Not what git tells a hook.')
      return { from, to, ref }
    })

/** What a push is: something to build, to keep only, or to refuse in words. */
export const judgePush = (commands: readonly RefCommand[]): Judgement => {
  const refusal = refusalOf(commands)
  if (refusal !== undefined) return { kind: 'refuse', message: refusal }
  for (const branch of DEPLOY_BRANCHES) {
    const found = commands.find(({ ref }) => ref === branchRef(branch))
    if (found) return { kind: 'build', branch, from: found.from, commit: found.to }
  }
  return { kind: 'store' }
}

const refusalOf = (commands: readonly RefCommand[]): string | undefined => {
  if (commands.length > MOST_REFS)
    return `A push may move ${MOST_REFS} branches and tags at most. Push them in several steps.`
  const strange = commands.find(({ ref }) => !isRefName(ref))
  if (strange) return `Only branches and tags can be pushed, not ${shownRef(strange.ref)}.`
  const deployed = commands.filter(({ ref }) => isDeployRef(ref))
  if (deployed.length > 1)
    return 'Push either main or master: an app is built from one of them at a time.'
  const deleted = deployed.find(({ to }) => isNoCommit(to))
  if (deleted)
    return `${shownRef(deleted.ref)} is what the app is built from. It cannot be deleted.`
  return undefined
}

const isDeployRef = (ref: string): boolean =>
  DEPLOY_BRANCHES.some((branch) => ref === branchRef(branch))
