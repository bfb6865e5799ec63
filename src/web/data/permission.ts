import { useQueries, useQuery } from '@tanstack/react-query'
import { queries } from './queries.ts'
import type { Collaborator, Pipeline, Team } from './types.ts'

/** One of these permissions will do; see docs/permissions.md. */
const NEEDED = {
  deploy: { any: ['deploy'], what: 'release code of this app' },
  config: { any: ['deploy', 'operate'], what: 'change what this app runs with' },
  run: { any: ['deploy', 'operate'], what: 'run a dyno of this app' },
  operate: { any: ['operate'], what: 'operate this app' },
  manage: { any: ['manage'], what: 'manage this app' },
}

type Action = keyof typeof NEEDED

/** Why the signed-in account may not do this on the app; undefined if it may, or as long as it is not known. */
export const useRefusal = (appId: string, action: Action): string | undefined => {
  const account = useQuery(queries.account)
  const collaborators = useQuery(queries.collaborators(appId))
  return refusalOf(account.data?.email, collaborators.data, action)
}

/** The same of several apps at once: the first refusal. */
export const useRefusalOnAny = (appIds: string[], action: Action): string | undefined => {
  const account = useQuery(queries.account)
  const all = useQueries({ queries: appIds.map((id) => queries.collaborators(id)) })
  return all
    .map(({ data }) => refusalOf(account.data?.email, data, action))
    .find((refusal) => refusal !== undefined)
}

const refusalOf = (
  email: string | undefined,
  collaborators: Collaborator[] | undefined,
  action: Action,
): string | undefined => {
  const own = collaborators?.find(({ user }) => user.email === email)
  const { any, what } = NEEDED[action]
  if (!own || own.permissions.some(({ name }) => any.includes(name))) return undefined
  return `Your role (${own.role}) may not ${what}.`
}

const RUNNING = ['owner', 'admin']

/** The same of what only the owner of a pipeline, or the admins of its team, may do. */
export const usePipelineRefusal = ({ owner }: Pipeline): string | undefined => {
  const account = useQuery(queries.account)
  const teams = useQuery(queries.teams)
  if (owner.type === 'user')
    return !account.data || account.data.id === owner.id
      ? undefined
      : 'Only its owner may change this pipeline.'
  const team = teams.data?.find(({ id }) => id === owner.id)
  if (!teams.data || (team && RUNNING.includes(team.role))) return undefined
  return team
    ? `Your role (${team.role}) may not change this pipeline. Admins of ${team.name} may.`
    : 'Only the admins of its team may change this pipeline.'
}

/** And of what only those may do who run a team. */
export const teamRefusal = ({ name, role }: Team): string | undefined =>
  RUNNING.includes(role)
    ? undefined
    : `Your role (${role}) may not do this in ${name}. Its admins may.`
