import { existsSync } from 'node:fs'
import { harmless, type Commit } from './commit-log.ts'
import { gitOrThrow } from './git.ts'
import { DEPLOY_BRANCHES } from './repository.ts'

/** The name as git has it, which alone can be deployed; whoever shows it makes it harmless. */
export type Branch = { name: string; commit: Commit }

const MOST_BRANCHES = 1_000
const SEPARATOR = '\u001f'
const FORMAT = [
  '%(refname:lstrip=2)',
  '%(objectname)',
  '%(authordate:iso-strict)',
  '%(authorname)',
  '%(authoremail:trim)',
  '%(contents:subject)',
].join('%1f')

/**
 * What has been pushed to the app: the branches that deploy by a push first, then the others, newest commit first.
 * @param repository the app's, which need not exist
 */
export const listBranches = async (repository: string): Promise<Branch[]> => {
  if (!existsSync(repository)) return []
  const text = await gitOrThrow(
    repository,
    ...['for-each-ref', `--format=${FORMAT}`, '--sort=-committerdate', 'refs/heads/'],
  )
  const branches = text.split('\n').filter(Boolean).map(parseBranch)
  const isFirst = ({ name }: Branch): boolean => DEPLOY_BRANCHES.some((one) => one === name)
  return [...branches.filter(isFirst), ...branches.filter((branch) => !isFirst(branch))].slice(
    0,
    MOST_BRANCHES,
  )
}

const parseBranch = (line: string): Branch => {
  const [branch = '', sha = '', date = '', name = '', email = '', ...subject] =
    line.split(SEPARATOR)
  return {
    name: branch,
    commit: {
      sha,
      date,
      subject: harmless(subject.join(' ')),
      author: { name: harmless(name), email: harmless(email) },
    },
  }
}
