import type { ReactNode } from 'react'
import { firstLine } from '#/web/app/app-facts.tsx'
import type { PromotionPlan } from '#/web/data/types.ts'
import { count, shortCommit, shortDigest } from '#/web/text/words.ts'
import { Ago, Mono } from '#/web/ui/bits.tsx'

type Target = PromotionPlan['targets'][number]

/** All that a promotion changes on one target, or has changed. */
export const PlanDetails = ({
  target,
  isOver = false,
}: {
  target: Target
  /** It is told of a promotion that has been made. */
  isOver?: boolean
}): ReactNode => (
  <>
    <CodeChange target={target} isOver={isOver} />
    <Findings findings={target.findings} />
    <ConfigChange config={target.config} />
    <dl className="grid gap-1 text-sm">
      <Fact name="Release phase">
        {target.release_command === null ? 'none' : <Mono>{target.release_command}</Mono>}
      </Fact>
      <Fact name="Downtime">{target.downtime ? 'to be expected' : 'none expected'}</Fact>
    </dl>
  </>
)

/** Which release it is of, and what is in it. */
export const ReleaseIdentity = ({
  release,
}: {
  release: NonNullable<PromotionPlan['source']['release']>
}): ReactNode => (
  <>
    v{release.version}
    {release.commit !== null && (
      <>
        {' · commit '}
        <Mono title={release.commit}>{shortCommit(release.commit)}</Mono>
      </>
    )}
    {release.digest !== null && (
      <>
        {' · slug '}
        <Mono title={release.digest}>{shortDigest(release.digest)}</Mono>
      </>
    )}
  </>
)

type CodeChangeProps = { target: Target; isOver: boolean }

const CodeChange = ({ target, isOver }: CodeChangeProps): ReactNode => {
  if (target.same_digest)
    return (
      <p className="text-sm text-warn">
        {isOver ? 'It ran this very slug before.' : 'It runs this very slug already.'}
      </p>
    )
  if (target.code) return <Commits code={target.code} isOver={isOver} />
  if (target.release?.digest)
    return <p className="text-sm text-muted">Its commits cannot be compared here.</p>
  return (
    <p className="text-sm text-muted">
      {isOver ? 'It ran no code before.' : 'It runs no code yet.'}
    </p>
  )
}

type CommitsProps = { code: NonNullable<Target['code']>; isOver: boolean }

const Commits = ({ code, isOver }: CommitsProps): ReactNode => (
  <div className="grid gap-2">
    <p className="text-sm">
      {count(code.ahead_by, 'commit')} {isOver ? 'came' : 'to come'},{' '}
      {count(code.files_changed, 'file')} changed
      {code.authors > 1 && <>, by {count(code.authors, 'author')}</>}
      {code.behind_by > 0 && (
        <span className="text-warn">
          {' '}
          — {count(code.behind_by, 'commit')} there {isOver ? 'undone' : 'would be undone'}
        </span>
      )}
    </p>
    {code.commits.length > 0 && (
      <ul className="grid max-h-60 gap-2 overflow-y-auto" aria-label="Commits" tabIndex={0}>
        {code.commits.map(({ sha, subject, author, date }) => (
          <li key={sha} className="text-sm">
            <Mono title={sha}>{shortCommit(sha)}</Mono> {firstLine(subject)}
            <br />
            <span className="text-muted">
              {firstLine(author.name)} · <Ago time={date} />
            </span>
          </li>
        ))}
      </ul>
    )}
    {code.ahead_by > code.commits.length && (
      <p className="text-sm text-muted">
        and {count(code.ahead_by - code.commits.length, 'earlier commit')}
      </p>
    )}
  </div>
)

const TONES = { blocking: 'text-bad', warning: 'text-warn', info: 'text-muted' }
const LEVELS = { blocking: 'Problem', warning: 'Warning', info: 'Note' }

const Findings = ({ findings }: { findings: Target['findings'] }): ReactNode =>
  findings.length > 0 && (
    <ul className="grid gap-1 text-sm" aria-label="Findings">
      {findings.map(({ code, level, subject, message }) => (
        <li key={`${code} ${subject}`} title={code} className="break-words">
          <span className={`font-medium ${TONES[level]}`}>{LEVELS[level]}:</span> {message}
        </li>
      ))}
    </ul>
  )

/** Names only: the API tells no value in a plan. */
const ConfigChange = ({ config }: { config: Target['config'] }): ReactNode => {
  if (config === null)
    return <p className="text-sm text-muted">Config vars: for those who may see them.</p>
  const { missing, extra, different, same } = config
  const total = missing.length + extra.length + different.length + same.length
  if (total === 0) return null
  return (
    <details className="text-sm">
      <summary className="cursor-pointer">
        Config vars:{' '}
        {missing.length > 0 && <span className="text-bad">{missing.length} missing there, </span>}
        {different.length} with another value, {same.length} the same
      </summary>
      <dl className="mt-2 grid gap-1 rounded-md bg-sunken p-3">
        <Names name="Missing there" names={missing} />
        <Names name="Only there" names={extra} />
        <Names name="Another value" names={different} />
        <Names name="The same value" names={same} />
        <p className="text-muted">A promotion changes none of them.</p>
      </dl>
    </details>
  )
}

const Names = ({ name, names }: { name: string; names: string[] }): ReactNode =>
  names.length > 0 && (
    <Fact name={name}>
      <Mono>{names.join(', ')}</Mono>
    </Fact>
  )

export const Fact = ({ name, children }: { name: string; children: ReactNode }): ReactNode => (
  <div>
    <dt className="inline text-muted">{name}: </dt>
    <dd className="inline break-words">{children}</dd>
  </div>
)
