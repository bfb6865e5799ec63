import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Build } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { duration, shortCommit } from '#/web/text/words.ts'
import { Ago, Mono, Outcome, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { firstLine } from './app-facts.tsx'

const LOOK_AGAIN_MS = 1_000

/** What was built for whom, how it went, and where its time has gone. */
export const BuildSummary = ({
  build: given,
  children,
}: {
  build: Build
  children?: ReactNode
}): ReactNode => {
  const app = useApp()
  // Steps are no events: they are asked for as they come.
  const { data: build = given } = useQuery({
    ...queries.build(app.id, given.id),
    enabled: given.status === 'pending',
    refetchInterval: ({ state }) =>
      (state.data ?? given).status === 'pending' ? LOOK_AGAIN_MS : false,
  })
  const shown = given.status === 'pending' ? build : given
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <Code build={shown} />
        <span className="flex flex-wrap items-center gap-4">
          <span role="status">
            <Outcome status={shown.status} />
          </span>
          {shown.status === 'pending' && <Cancel build={shown} />}
          {children}
        </span>
      </div>
      {shown.failure_reason !== null && <Problem error={new Error(shown.failure_reason)} />}
      <Steps build={shown} />
    </div>
  )
}

const Code = ({ build }: { build: Build }): ReactNode => {
  const app = useApp()
  const { version, version_description: description } = build.source_blob
  return (
    <p className="min-w-0 break-words">
      <Mono>{version === null ? 'tarball' : shortCommit(version)}</Mono>{' '}
      {description !== null && firstLine(description)}
      <span className="block text-sm text-muted">
        {build.branch !== null && `${plainText(build.branch)} · `}
        {build.user.email}, <Ago time={build.created_at} />
        {build.release !== null && (
          <>
            {' · '}
            <Link
              to="/apps/$app/releases/$version"
              params={{ app: app.name, version: build.release.id }}
              className="link"
            >
              Its release
            </Link>
          </>
        )}
      </span>
    </p>
  )
}

const Cancel = ({ build }: { build: Build }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'deploy')
  const cancel = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/builds/${build.id}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id, 'builds'] }),
  })
  return (
    <>
      <Problem error={cancel.error} />
      <Button
        kind="danger"
        refusal={refusal}
        isBusy={cancel.isPending}
        onClick={() => cancel.mutate()}
      >
        Cancel build
      </Button>
    </>
  )
}

const NAMES: Record<string, string> = {
  source: 'Fetch the code',
  detect: 'Find the buildpack',
  compile: 'Compile',
  inspect: 'Look through the result',
  compress: 'Compress',
  build: 'Build',
}

const Steps = ({ build: { steps, status, created_at: asked } }: { build: Build }): ReactNode => {
  const [first] = steps
  if (!first) return status === 'pending' && <Status tone="busy">Waits for its turn</Status>
  const all = [{ name: 'wait', buildpack: null, started_at: asked, finished_at: first.started_at }]
  return (
    <ol aria-label="Steps" className="card grid gap-1.5 px-4 py-3 sm:max-w-xl">
      {[...all, ...steps].map((step, index) => (
        <li key={index} className="flex items-center justify-between gap-4">
          <Status tone={toneOf(step.finished_at, status === 'failed' && index === steps.length)}>
            {step.name === 'wait' ? 'Wait for its turn' : (NAMES[step.name] ?? step.name)}
            {step.buildpack !== null && ` by ${step.buildpack}`}
          </Status>
          <span className="text-sm whitespace-nowrap text-muted">
            {step.finished_at !== null && duration(step.started_at, step.finished_at)}
          </span>
        </li>
      ))}
    </ol>
  )
}

const toneOf = (finishedAt: string | null, hasFailed: boolean) => {
  if (hasFailed) return 'bad'
  return finishedAt === null ? 'busy' : 'good'
}
