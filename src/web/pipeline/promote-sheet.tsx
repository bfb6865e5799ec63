import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { DeploySteps } from '#/web/app/deploy-steps.tsx'
import { firstLine } from '#/web/app/app-facts.tsx'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App, Pipeline, Promotion, PromotionPlan } from '#/web/data/types.ts'
import { count, shortCommit, shortDigest } from '#/web/text/words.ts'
import { Ago, Mono, Outcome } from '#/web/ui/bits.tsx'
import { Button, buttonLook } from '#/web/ui/button.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'

type PromoteSheetProps = { pipeline: Pipeline; source: App; onClose: () => void }

export const PromoteSheet = ({ pipeline, source, onClose }: PromoteSheetProps): ReactNode => {
  const plan = useQuery(queries.plan(pipeline.id, source.id))
  const [unwanted, setUnwanted] = useState<string[]>([])
  const promote = useMutation({
    mutationFn: ({ source: { app, release }, targets }: PromotionPlan) =>
      request<Promotion>('POST', '/pipeline-promotions', {
        body: {
          pipeline: { id: pipeline.id },
          // What the plan showed, whatever has been released meanwhile.
          source: { app: { id: app.id }, ...(release ? { release: { id: release.id } } : {}) },
          targets: targets
            .filter((target) => !unwanted.includes(target.app.id))
            .map((target) => ({ app: { id: target.app.id } })),
        },
      }),
    onSuccess: () => queryClient.invalidateQueries(),
  })
  return (
    <Sheet
      place="side"
      title={`Promote ${source.name}`}
      about="The very slug that runs there is released downstream; nothing is built again."
      onClose={onClose}
    >
      {promote.data ? (
        <Progress promotion={promote.data} onClose={onClose} />
      ) : (
        <Loaded query={plan} what="the plan">
          {(found) => (
            <div className="grid gap-4">
              <SourceFacts source={found.source} />
              {found.targets.map((target) => (
                <TargetPlan
                  key={target.app.id}
                  target={target}
                  isWanted={!unwanted.includes(target.app.id)}
                  onWant={
                    found.targets.length > 1
                      ? (isWanted) =>
                          setUnwanted((all) =>
                            isWanted
                              ? all.filter((id) => id !== target.app.id)
                              : [...all, target.app.id],
                          )
                      : undefined
                  }
                />
              ))}
              <Problem error={promote.error} />
              <Button
                kind="main"
                isBusy={promote.isPending}
                disabled={unwanted.length === found.targets.length}
                onClick={() => promote.mutate(found)}
              >
                Promote
              </Button>
            </div>
          )}
        </Loaded>
      )}
    </Sheet>
  )
}

const SourceFacts = ({ source: { release } }: { source: PromotionPlan['source'] }): ReactNode => (
  <p className="text-sm text-muted">
    {release ? (
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
    ) : (
      'It has no release.'
    )}
  </p>
)

type TargetPlanProps = {
  target: PromotionPlan['targets'][number]
  isWanted: boolean
  onWant: ((isWanted: boolean) => void) | undefined
}

const TargetPlan = ({ target, isWanted, onWant }: TargetPlanProps): ReactNode => {
  const { app, release } = target
  return (
    <section aria-label={app.name} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 font-medium">
          {onWant ? (
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={isWanted}
                onChange={(event) => onWant(event.target.checked)}
                className="size-4 shrink-0 accent-accent"
              />
              {app.name}
            </label>
          ) : (
            app.name
          )}
        </h3>
        <span className="text-sm text-muted">{release ? `now v${release.version}` : 'new'}</span>
      </div>
      <CodeChange target={target} />
      <OtherChanges target={target} />
    </section>
  )
}

type Target = TargetPlanProps['target']

const CodeChange = ({ target }: { target: Target }): ReactNode => {
  if (target.same_digest)
    return <p className="text-sm text-warn">It runs this very slug already.</p>
  if (target.code) return <Commits code={target.code} />
  return (
    <p className="text-sm text-muted">
      {target.release?.digest ? 'Its commits cannot be compared here.' : 'It runs no code yet.'}
    </p>
  )
}

const OtherChanges = ({ target }: { target: Target }): ReactNode => (
  <>
    {target.findings.length > 0 && (
      <ul className="grid gap-1 text-sm" aria-label="Findings">
        {target.findings.map(({ code, level, subject, message }) => (
          <li key={`${code} ${subject}`} className={`break-words ${TONES[level]}`}>
            {message}
          </li>
        ))}
      </ul>
    )}
    <dl className="grid gap-1 text-sm">
      <Names name="Config vars with another value" names={target.config?.different} />
      <Fact name="Release phase">
        {target.release_command === null ? 'none' : <Mono>{target.release_command}</Mono>}
      </Fact>
    </dl>
  </>
)

const TONES = { blocking: 'text-bad', warning: 'text-warn', info: 'text-muted' }

type NamesProps = { name: string; names: string[] | undefined }

const Names = ({ name, names = [] }: NamesProps): ReactNode =>
  names.length > 0 && (
    <Fact name={name}>
      <Mono>{names.join(', ')}</Mono>
    </Fact>
  )

type FactProps = { name: string; children: ReactNode }

const Fact = ({ name, children }: FactProps): ReactNode => (
  <div>
    <dt className="inline text-muted">{name}: </dt>
    <dd className="inline break-words">{children}</dd>
  </div>
)

type CommitsProps = { code: NonNullable<PromotionPlan['targets'][number]['code']> }

const Commits = ({ code }: CommitsProps): ReactNode => (
  <div className="grid gap-2">
    <p className="text-sm">
      {count(code.ahead_by, 'commit')} to come, {count(code.files_changed, 'file')} changed
      {code.behind_by > 0 && (
        <span className="text-warn">
          {' '}
          — {count(code.behind_by, 'commit')} there would be undone
        </span>
      )}
    </p>
    <ul className="grid max-h-60 gap-2 overflow-y-auto" aria-label="Commits">
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
  </div>
)

const LOOK_AGAIN_MS = 1_000

const Progress = ({
  promotion,
  onClose,
}: {
  promotion: Promotion
  onClose: () => void
}): ReactNode => {
  const apps = useQuery(queries.apps)
  const targets = useQuery({
    ...queries.promotionTargets(promotion.id),
    refetchInterval: ({ state }) =>
      state.data?.every(({ status }) => status !== 'pending') ? false : LOOK_AGAIN_MS,
  })
  return (
    <Loaded query={targets} what="the promotion">
      {(found) => (
        <div className="grid gap-4" aria-live="polite">
          {found.map((target) => {
            const app = apps.data?.find(({ id }) => id === target.app.id)
            return (
              <section
                key={target.id}
                aria-label={app?.name ?? 'app'}
                className="grid gap-3 rounded-lg border p-4"
              >
                <div className="flex items-center justify-between gap-4">
                  <h3 className="font-medium">{app?.name}</h3>
                  <Outcome status={target.status} />
                </div>
                {target.release.id !== null && (
                  <DeploySteps appId={target.app.id} releaseId={target.release.id} />
                )}
                {target.error_message !== null && (
                  <Problem error={new Error(target.error_message)} />
                )}
                {target.status === 'succeeded' && app && (
                  <a
                    href={app.web_url}
                    target="_blank"
                    rel="noreferrer"
                    className={`${buttonLook()} justify-self-start`}
                  >
                    Open {app.name}
                  </a>
                )}
              </section>
            )
          })}
          <Button onClick={onClose} className="justify-self-start">
            {found.some(({ status }) => status === 'pending') ? 'Leave it running' : 'Done'}
          </Button>
        </div>
      )}
    </Loaded>
  )
}
