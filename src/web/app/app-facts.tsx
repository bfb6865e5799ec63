import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { App, Dyno, Release } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { count, shortCommit } from '#/web/text/words.ts'
import { Mono, Status, type Tone } from '#/web/ui/bits.tsx'

export const currentOf = (releases: Release[] | undefined): Release | undefined =>
  releases?.find(({ current }) => current)

type Health = { tone: Tone; words: string }

const healthOfDynos = (dynos: Dyno[]): Health => {
  const kept = dynos.filter(({ type }) => type !== 'run' && type !== 'release')
  const crashed = kept.filter(({ state }) => state === 'crashed').length
  const up = kept.filter(({ state }) => state === 'up').length
  if (crashed > 0) return { tone: 'bad', words: `${count(crashed, 'dyno')} crashed` }
  if (kept.length === 0) return { tone: 'none', words: 'No dynos' }
  if (up < kept.length) return { tone: 'busy', words: `${up} of ${count(kept.length, 'dyno')} up` }
  return { tone: 'good', words: `${count(up, 'dyno')} up` }
}

type Asked<T> = Pick<UseQueryResult<T>, 'data' | 'error'>

const healthOf = (releases: Asked<Release[]>, dynos: Asked<Dyno[]>): Health => {
  const newest = releases.data?.[0]
  if (newest?.status === 'pending') return { tone: 'busy', words: `Deploying v${newest.version}` }
  if (!releases.data || !dynos.data)
    return { tone: 'none', words: releases.error ? 'Not known' : '…' }
  return currentOf(releases.data)?.slug
    ? healthOfDynos(dynos.data)
    : { tone: 'none', words: 'No code yet' }
}

/** How an app fares, in a word or two. */
export const AppHealth = ({ appId }: { appId: string }): ReactNode => {
  const releases = useQuery(queries.releases(appId))
  const dynos = useQuery(queries.dynos(appId))
  const { tone, words } = healthOf(releases, dynos)
  return <Status tone={tone}>{words}</Status>
}

const WORST_FIRST: Tone[] = ['bad', 'busy', 'good', 'none']

/** How several apps fare: what is worst, or busiest, among them. */
export const HealthOfAll = ({ apps }: { apps: App[] }): ReactNode => {
  const releases = useQueries({ queries: apps.map(({ id }) => queries.releases(id)) })
  const dynos = useQueries({ queries: apps.map(({ id }) => queries.dynos(id)) })
  const all = apps.map(({ name }, index) => {
    const [its, others] = [releases[index], dynos[index]]
    return { name, ...(its && others ? healthOf(its, others) : NOTHING) }
  })
  const [worst] = all.toSorted((a, b) => WORST_FIRST.indexOf(a.tone) - WORST_FIRST.indexOf(b.tone))
  if (!worst) return null
  const words = worst.tone === 'good' ? 'All up' : `${worst.name}: ${worst.words}`
  return <Status tone={worst.tone}>{worst.tone === 'none' ? 'Nothing runs' : words}</Status>
}
const NOTHING: Health = { tone: 'none', words: '…' }

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
