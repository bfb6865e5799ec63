import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { Dyno, Release } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { count, shortCommit } from '#/web/text/words.ts'
import { Mono, Status, type Tone } from '#/web/ui/bits.tsx'

export const currentOf = (releases: Release[] | undefined): Release | undefined =>
  releases?.find(({ current }) => current)

const healthOf = (dynos: Dyno[]): { tone: Tone; words: string } => {
  const kept = dynos.filter(({ type }) => type !== 'run' && type !== 'release')
  const crashed = kept.filter(({ state }) => state === 'crashed').length
  const up = kept.filter(({ state }) => state === 'up').length
  if (crashed > 0) return { tone: 'bad', words: `${count(crashed, 'dyno')} crashed` }
  if (kept.length === 0) return { tone: 'none', words: 'No dynos' }
  if (up < kept.length) return { tone: 'busy', words: `${up} of ${count(kept.length, 'dyno')} up` }
  return { tone: 'good', words: `${count(up, 'dyno')} up` }
}

/** How an app fares, in a word or two. */
export const AppHealth = ({ appId }: { appId: string }): ReactNode => {
  const releases = useQuery(queries.releases(appId))
  const dynos = useQuery(queries.dynos(appId))
  const newest = releases.data?.[0]
  if (newest?.status === 'pending') return <Status tone="busy">Deploying v{newest.version}</Status>
  if (!releases.data || !dynos.data)
    return <Status tone="none">{releases.error ? 'Not known' : '…'}</Status>
  if (!currentOf(releases.data)?.slug) return <Status tone="none">No code yet</Status>
  const { tone, words } = healthOf(dynos.data)
  return <Status tone={tone}>{words}</Status>
}

/** The code of a release: its commit and first line. */
export const Code = ({
  appId,
  slugId,
}: {
  appId: string
  slugId: string | undefined
}): ReactNode => {
  const slug = useQuery({
    ...queries.slug(appId, slugId ?? ''),
    enabled: slugId !== undefined,
  })
  if (slugId === undefined) return <span className="text-muted">No code</span>
  if (!slug.data) return <span className="text-muted">…</span>
  const { commit, commit_description: description } = slug.data
  return (
    <span className="break-words">
      {commit !== null && <Mono title={commit}>{shortCommit(commit)}</Mono>}{' '}
      {description !== null && firstLine(description)}
      {commit === null && description === null && (
        <span className="text-muted">From a tarball</span>
      )}
    </span>
  )
}

const MOST_OF_A_SUBJECT = 120
export const firstLine = (text: string): string => {
  const line = plainText(text.split('\n', 1)[0] ?? '')
  return line.length > MOST_OF_A_SUBJECT ? `${line.slice(0, MOST_OF_A_SUBJECT)}…` : line
}
