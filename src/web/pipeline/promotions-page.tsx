import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { App, PromotionRecord } from '#/web/data/types.ts'
import { count, shortDigest } from '#/web/text/words.ts'
import { Ago, Mono, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Empty, Loaded } from '#/web/ui/states.tsx'
import { usePipeline } from './pipeline-context.ts'

const STEP = 30

/** Everything that was promoted along the pipeline, the newest first. */
export const PromotionsPage = (): ReactNode => {
  const pipeline = usePipeline()
  const apps = useQuery(queries.apps)
  const [most, setMost] = useState(STEP)
  const promotions = useQuery({
    ...queries.promotions(pipeline.id, most),
    placeholderData: keepPreviousData,
  })
  return (
    <Section title="Promotions">
      <Loaded query={promotions} what="promotions" lines={5}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="Nothing has been promoted yet">
              <p className="text-muted">
                An app on the board has a button for it, once there is an app in the stage after it.
              </p>
            </Empty>
          ) : (
            <>
              <ul className="card divide-y">
                {found.map((promotion) => (
                  <Row
                    key={promotion.id}
                    promotion={promotion}
                    pipeline={pipeline.name}
                    apps={apps.data ?? []}
                  />
                ))}
              </ul>
              {found.length === most && (
                <Button
                  className="mt-4"
                  isBusy={promotions.isPlaceholderData}
                  onClick={() => setMost(most + STEP)}
                >
                  Show more
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </Section>
  )
}

type RowProps = { promotion: PromotionRecord; pipeline: string; apps: App[] }

const Row = ({ promotion, pipeline, apps }: RowProps): ReactNode => {
  const source = apps.find(({ id }) => id === promotion.source.app.id)?.name ?? 'another app'
  const { targets } = promotion
  return (
    <li className="grid gap-x-6 gap-y-1 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_auto]">
      <p className="min-w-0">
        <Link
          to="/pipelines/$pipeline/promotions/$promotion"
          params={{ pipeline, promotion: promotion.id }}
          className="row-link"
        >
          #{promotion.number} {source} → {targets.map(nameOfTarget).join(', ')}
        </Link>
      </p>
      <PromotionOutcome targets={targets} />
      <p className="min-w-0 text-sm break-words text-muted">
        {targets.length === 1 && targets[0] && <Versions target={targets[0]} />}
        slug <Mono title={promotion.digest}>{shortDigest(promotion.digest)}</Mono>
        {promotion.all_or_nothing && ' · all or nothing'}
        {promotion.retry_of && ' · tried again'}
      </p>
      <p className="min-w-0 text-sm break-words text-muted sm:text-right">
        <Ago time={promotion.created_at} /> by {promotion.created_by.email}
      </p>
    </li>
  )
}

type Target = PromotionRecord['targets'][number]

const nameOfTarget = ({ app }: Target): string => app.name ?? 'an app'

const Versions = ({
  target: { release, previous_release: before },
}: {
  target: Target
}): ReactNode => (
  <>{before ? `v${before.version} → v${release.version}` : `v${release.version}`} · </>
)

/** How it went as a whole. */
export const PromotionOutcome = ({ targets }: Pick<PromotionRecord, 'targets'>): ReactNode => {
  const failed = targets.filter(({ status }) => status === 'failed').length
  if (targets.some(({ status }) => status === 'pending'))
    return <Status tone="busy">Under way</Status>
  if (failed === 0) return <Status tone="good">Succeeded</Status>
  return (
    <Status tone="bad">
      {failed === targets.length ? 'Failed' : `${failed} of ${count(targets.length, 'app')} failed`}
    </Status>
  )
}
