import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { APP_TABS } from '#/web/app/app-tabs.ts'
import { queries } from '#/web/data/queries.ts'
import type { Coupling } from '#/web/data/types.ts'
import { fragmentOf } from '#/web/text/words.ts'
import { PIPELINE_TABS } from '#/web/pipeline/pipeline-tabs.ts'

export type Entry = { kind: string; name: string; go: () => void }

/** All that the palette leads to: pages of what is before one first, if nothing is typed. */
export const usePaletteEntries = (): Entry[] => {
  const apps = useQuery(queries.apps)
  const pipelines = useQuery(queries.pipelines)
  const teams = useQuery(queries.teams)
  const navigate = useNavigate()
  return [
    ...usePagesHere(),
    ...(pipelines.data ?? []).map(({ name }) => ({
      kind: 'Pipeline',
      name,
      go: () => void navigate({ to: '/pipelines/$pipeline', params: { pipeline: name } }),
    })),
    ...(apps.data ?? []).map(({ name }) => ({
      kind: 'App',
      name,
      go: () => void navigate({ to: '/apps/$app', params: { app: name } }),
    })),
    ...(teams.data ?? []).map(({ name }) => ({
      kind: 'Team',
      name,
      go: () => void navigate({ to: '/teams/$team', params: { team: name } }),
    })),
    ...usePromotions(),
    { kind: 'Action', name: 'Create new app', go: () => void navigate({ to: '/new/app' }) },
    {
      kind: 'Action',
      name: 'Create new pipeline',
      go: () => void navigate({ to: '/new/pipeline' }),
    },
    { kind: 'Action', name: 'Create new team', go: () => void navigate({ to: '/new/team' }) },
    { kind: 'Page', name: 'Home', go: () => void navigate({ to: '/' }) },
    { kind: 'Page', name: 'Teams', go: () => void navigate({ to: '/teams' }) },
    { kind: 'Page', name: 'Account', go: () => void navigate({ to: '/account' }) },
    ...useSections(),
  ]
}

/** Of the app or pipeline that is being looked at. */
const usePagesHere = (): Entry[] => {
  const { app, pipeline } = useParams({ strict: false })
  const navigate = useNavigate()
  if (app !== undefined)
    return APP_TABS.map(([to, text]) => ({
      kind: app,
      name: text,
      go: () => void navigate({ to, params: { app } }),
    }))
  if (pipeline === undefined) return []
  return PIPELINE_TABS.map(([to, text]) => ({
    kind: pipeline,
    name: text,
    go: () => void navigate({ to, params: { pipeline } }),
  }))
}

const OF_ACCOUNT = ['Tokens', 'OAuth clients', 'SSH keys', 'Where you are signed in']
const OF_APP = [
  ['/apps/$app/resources', 'Add-ons'],
  ['/apps/$app/access', 'Deploy tokens'],
  ['/apps/$app/settings', 'Config vars'],
  ['/apps/$app/settings', 'Domains'],
  ['/apps/$app/settings', 'Log drains'],
] as const

/** What is further down on a page, where something is added and removed. */
const useSections = (): Entry[] => {
  const { app } = useParams({ strict: false })
  const navigate = useNavigate()
  return [
    ...(app === undefined ? [] : OF_APP).map(([to, name]) => ({
      kind: app ?? '',
      name,
      go: () => void navigate({ to, params: { app: app ?? '' }, hash: fragmentOf(name) }),
    })),
    ...OF_ACCOUNT.map((name) => ({
      kind: 'Account',
      name,
      go: () => void navigate({ to: '/account', hash: fragmentOf(name) }),
    })),
  ]
}

/** For each app that has one downstream of it. */
const usePromotions = (): Entry[] => {
  const couplings = useQuery(queries.couplings)
  const apps = useQuery(queries.apps)
  const navigate = useNavigate()
  const all = couplings.data ?? []
  return all
    .filter((coupling) => all.some((other) => isDownstream(other, coupling)))
    .flatMap(({ app, pipeline }) => {
      const name = apps.data?.find(({ id }) => id === app.id)?.name
      if (name === undefined) return []
      const go = (): void =>
        void navigate({
          to: '/pipelines/$pipeline',
          params: { pipeline: pipeline.name },
          search: { promote: name },
        })
      return [{ kind: 'Action', name: `Promote ${name}…`, go }]
    })
}

const isDownstream = (one: Coupling, of: Coupling): boolean =>
  one.pipeline.id === of.pipeline.id && one.pipeline_stage.position > of.pipeline_stage.position
