import type { Slug } from '#/platform/slug/slug.ts'
import type { Branch } from './branch-list.ts'
import type { Commit } from './commit-log.ts'

/** Ours: who wrote what is in a slug, and when. `commit` is null for what was not pushed to this platform. */
export const presentSlugCommit = ({ id }: Pick<Slug, 'id'>, commit: Commit | null) => ({
  slug: { id },
  commit: commit && presentCommit(commit),
})

/** Ours: a branch of the app's repository and the commit it leads to. */
export const presentBranch = ({ name, commit }: Branch) => ({
  name,
  commit: presentCommit(commit),
})

const presentCommit = ({ sha, subject, date, author }: Commit) => ({
  sha,
  subject,
  date,
  author: { name: author.name, email: author.email },
})
