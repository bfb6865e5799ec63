import type { Slug } from '#/platform/slug/slug.ts'
import type { Commit } from './commit-log.ts'

/** Ours: who wrote what is in a slug, and when. `commit` is null for what was not pushed to this platform. */
export const presentSlugCommit = ({ id }: Pick<Slug, 'id'>, commit: Commit | null) => ({
  slug: { id },
  commit: commit && {
    sha: commit.sha,
    subject: commit.subject,
    date: commit.date,
    author: { name: commit.author.name, email: commit.author.email },
  },
})
