import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { wordsOfStep } from '#/platform/deploy/deploy-step-table.ts'
import { queries } from '#/web/data/queries.ts'
import { duration } from '#/web/text/words.ts'
import { Status } from '#/web/ui/bits.tsx'
import { Problem } from '#/web/ui/states.tsx'

const LOOK_AGAIN_MS = 1_000

const isOver = (status: string | undefined): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled'

/** How a release is made to run, step by step as it happens. */
export const DeploySteps = ({
  appId,
  releaseId,
}: {
  appId: string
  releaseId: string
}): ReactNode => {
  const deploy = useQuery({
    ...queries.deploy(appId, releaseId),
    retry: false,
    // Live changes come sooner; this is for when they do not come.
    refetchInterval: ({ state }) => (isOver(state.data?.status) ? false : LOOK_AGAIN_MS),
  })
  if (!deploy.data)
    return <p className="text-sm text-muted">{deploy.error ? 'Nothing was deployed.' : '…'}</p>
  const { status, steps, failure_reason: reason } = deploy.data
  return (
    <div className="grid gap-2">
      {steps.length > 0 && (
        <ol className="grid gap-1.5" aria-label="Steps">
          {steps.map(({ name, started_at: from, finished_at: to }) => (
            <li key={name} className="flex items-center justify-between gap-4">
              <Status tone={to === null ? (isOver(status) ? 'bad' : 'busy') : 'good'}>
                {wordsOfStep(name)}
              </Status>
              <span className="text-sm text-muted">{to === null ? '' : duration(from, to)}</span>
            </li>
          ))}
        </ol>
      )}
      {reason !== null && <Problem error={new Error(reason)} />}
    </div>
  )
}
