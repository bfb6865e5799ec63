import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { DeploySteps } from '#/web/app/deploy-steps.tsx'
import { queries } from '#/web/data/queries.ts'
import type { App, Pipeline, Promotion, PromotionTarget } from '#/web/data/types.ts'
import { Outcome } from '#/web/ui/bits.tsx'
import { Button, buttonLook } from '#/web/ui/button.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'

const LOOK_AGAIN_MS = 1_000

type PromotionProgressProps = { pipeline: Pipeline; promotion: Promotion; onClose: () => void }

/** Each step on each target as it happens. */
export const PromotionProgress = ({
  pipeline,
  promotion,
  onClose,
}: PromotionProgressProps): ReactNode => {
  const apps = useQuery(queries.apps)
  const targets = useQuery({
    ...queries.promotionTargets(promotion.id),
    refetchInterval: ({ state }) =>
      state.data?.every(({ status }) => status !== 'pending') ? false : LOOK_AGAIN_MS,
  })
  const appOf = ({ app }: PromotionTarget): App | undefined =>
    apps.data?.find(({ id }) => id === app.id)
  return (
    <Loaded query={targets} what="the promotion">
      {(found) => (
        <div className="grid gap-4">
          <p role="status" className="sr-only">
            {found.map((target) => `${appOf(target)?.name ?? 'app'}: ${target.status}. `)}
          </p>
          {found.map((target) => {
            const app = appOf(target)
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
          <div className="flex flex-wrap items-center gap-4">
            <Button onClick={onClose}>
              {found.some(({ status }) => status === 'pending') ? 'Leave it running' : 'Done'}
            </Button>
            <Link
              to="/pipelines/$pipeline/promotions/$promotion"
              params={{ pipeline: pipeline.name, promotion: promotion.id }}
              className="link"
            >
              Show its record
            </Link>
          </div>
        </div>
      )}
    </Loaded>
  )
}
