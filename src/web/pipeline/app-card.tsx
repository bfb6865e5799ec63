import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { AppHealth, Code, currentOf, firstLine } from '#/web/app/app-facts.tsx'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Release } from '#/web/data/types.ts'
import { count, shortDigest } from '#/web/text/words.ts'
import { Ago, Icon, ICONS, Mono, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Menu, MenuItem, MenuLabel, MenuLine } from '#/web/ui/menu.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import type { Card } from './board-page.tsx'
import { CardNews } from './card-news.tsx'
import type { Stage } from './stages.ts'

type AppCardProps = {
  card: Card
  stages: Stage[]
  next: Stage | undefined
  onPromote: () => void
}

export const AppCard = ({ card, stages, next, onPromote }: AppCardProps): ReactNode => {
  const { app, coupling } = card
  const releases = useQuery(queries.releases(app.id))
  const refusal = useRefusal(app.id, 'deploy')
  const release = currentOf(releases.data)
  return (
    <article aria-label={app.name} className="card grid gap-3 p-4">
      <div className="flex items-start justify-between gap-2">
        <h3 className="min-w-0 pt-1.5 leading-tight">
          <Link to="/apps/$app" params={{ app: app.name }} className="row-link">
            {app.name}
          </Link>
        </h3>
        <CardMenu card={card} stages={stages} />
      </div>
      {coupling.owned_elsewhere && <Status tone="warn">Belongs to another owner</Status>}
      <Problem error={releases.error} />
      {release?.slug && (
        <p className="text-sm">
          <Code appId={app.id} slugId={release.slug.id} />
          <Author appId={app.id} slugId={release.slug.id} />
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <AppHealth appId={app.id} />
        <Running appId={app.id} />
        <Traffic appId={app.id} />
      </div>
      <CardNews app={app} newest={releases.data?.[0]} />
      {release && <ReleaseFacts appId={app.id} release={release} />}
      {next && release?.slug && (
        <div className="grid gap-2 border-t pt-3">
          <Ahead pipelineId={coupling.pipeline.id} appId={app.id} next={next} />
          <Button kind="main" onClick={onPromote} refusal={refusal}>
            Promote to {next.name.toLowerCase()}…
          </Button>
        </div>
      )}
    </article>
  )
}

const Running = ({ appId }: { appId: string }): ReactNode => {
  const formation = useQuery(queries.formation(appId))
  const running = formation.data?.filter(({ quantity }) => quantity > 0) ?? []
  return (
    <span className="text-sm text-muted">
      {running.map(({ type, quantity }) => `${type} ×${quantity}`).join(', ')}
    </span>
  )
}

type OfSlugProps = { appId: string; slugId: string }

/** Who wrote the commit, and when; nothing where the platform has not got it. */
const Author = ({ appId, slugId }: OfSlugProps): ReactNode => {
  const { data } = useQuery(queries.slugCommit(appId, slugId))
  return (
    data?.commit && (
      <span className="block text-muted">
        {firstLine(data.commit.author.name)} · <Ago time={data.commit.date} />
      </span>
    )
  )
}

const SECONDS = 300

/** How many requests come, for those who may see metrics. */
const Traffic = ({ appId }: { appId: string }): ReactNode => {
  const isAllowed = useRefusal(appId, 'operate') === undefined
  const { data } = useQuery({ ...queries.traffic(appId), enabled: isAllowed })
  const requests = data?.process_types
    .flatMap(({ points }) => points.map((point) => point.requests))
    .reduce((sum, one) => sum + one, 0)
  if (!requests) return null
  const rate = requests / SECONDS
  return (
    <span className="text-sm text-muted" title="Of the last five minutes">
      {rate < 0.1 ? '< 0.1' : rate.toFixed(1)} requests/s
    </span>
  )
}

const ReleaseFacts = ({ appId, release }: { appId: string; release: Release }): ReactNode => {
  const slugId = release.slug?.id
  const slug = useQuery({ ...queries.slug(appId, slugId ?? ''), enabled: slugId !== undefined })
  return (
    <p className="text-sm text-muted">
      v{release.version}
      {slug.data && (
        <>
          {' · slug '}
          <Mono title={slug.data.checksum}>{shortDigest(slug.data.checksum)}</Mono>
        </>
      )}
      <br />
      <Ago time={release.created_at} /> by {release.user.email}
    </p>
  )
}

type AheadProps = { pipelineId: string; appId: string; next: Stage }

/** How far the app is ahead of the stage that it is promoted to. */
const Ahead = ({ pipelineId, appId, next }: AheadProps): ReactNode => {
  const plan = useQuery(queries.plan(pipelineId, appId))
  if (!plan.data) return <p className="text-sm text-muted">{plan.error?.message ?? '…'}</p>
  const { targets } = plan.data
  if (targets.every((target) => target.same_digest))
    return <p className="text-sm text-muted">The same slug as in {next.name.toLowerCase()}</p>
  const aheads = targets.flatMap(({ code }) => (code ? [code.ahead_by] : []))
  const behind = Math.max(0, ...targets.map(({ code }) => code?.behind_by ?? 0))
  const ahead = Math.max(0, ...aheads)
  return (
    <p className="text-sm">
      {ahead === 0
        ? `Differs from ${next.name.toLowerCase()}`
        : `${count(ahead, 'commit')} ahead of ${next.name.toLowerCase()}`}
      {behind > 0 && <span className="text-warn">, {count(behind, 'commit')} behind</span>}
    </p>
  )
}

type CardMenuProps = Pick<AppCardProps, 'card' | 'stages'>

const CardMenu = ({ card: { app, coupling }, stages }: CardMenuProps): ReactNode => {
  const navigate = useNavigate()
  const [isRemoving, setRemoving] = useState(false)
  const refusal = useRefusal(app.id, 'deploy')
  const refresh = (): Promise<void> => queryClient.invalidateQueries()
  const path = `/pipeline-couplings/${coupling.id}`
  const move = useMutation({
    mutationFn: (stage: string) => request('PATCH', path, { body: { stage } }),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: () => request('DELETE', path),
    onSuccess: refresh,
  })
  return (
    <>
      <Menu
        trigger={
          <Button kind="quiet" aria-label={`What to do with ${app.name}`} className="-mr-1 px-2">
            <Icon path={ICONS.dots} weight={2.8} />
          </Button>
        }
      >
        <MenuItem onChoose={() => void navigate({ to: '/apps/$app', params: { app: app.name } })}>
          Show app
        </MenuItem>
        <MenuItem onChoose={() => window.open(app.web_url, '_blank', 'noopener')}>
          Open its page
        </MenuItem>
        <MenuLine />
        {refusal !== undefined && <MenuLabel>{refusal}</MenuLabel>}
        {stages
          .filter(({ id }) => id !== coupling.pipeline_stage.id)
          .map(({ id, name }) => (
            <MenuItem key={id} isDisabled={refusal !== undefined} onChoose={() => move.mutate(id)}>
              Move to {name.toLowerCase()}
            </MenuItem>
          ))}
        <MenuLine />
        <MenuItem isBad isDisabled={refusal !== undefined} onChoose={() => setRemoving(true)}>
          Remove from pipeline…
        </MenuItem>
      </Menu>
      {move.error && (
        <Sheet title="It was not moved" about={app.name} onClose={() => move.reset()}>
          <Problem error={move.error} />
        </Sheet>
      )}
      {isRemoving && (
        <Sheet
          title={`Remove ${app.name}`}
          about="The app itself stays and goes on running; only its place in the pipeline goes."
          onClose={() => setRemoving(false)}
        >
          <div className="grid gap-4">
            <Problem error={remove.error} />
            <Button
              kind="danger"
              isBusy={remove.isPending}
              onClick={() => remove.mutate()}
              className="justify-self-start"
            >
              Remove from pipeline
            </Button>
          </div>
        </Sheet>
      )}
    </>
  )
}
