import { useQuery } from '@tanstack/react-query'
import { queries } from './queries.ts'

/** One of these permissions will do; see docs/permissions.md. */
const NEEDED = {
  deploy: { any: ['deploy'], what: 'release code of this app' },
  config: { any: ['deploy', 'operate'], what: 'change what this app runs with' },
  operate: { any: ['operate'], what: 'operate this app' },
  manage: { any: ['manage'], what: 'manage this app' },
}

/** Why the signed-in account may not do this on the app; undefined if it may, or as long as it is not known. */
export const useRefusal = (appId: string, action: keyof typeof NEEDED): string | undefined => {
  const account = useQuery(queries.account)
  const collaborators = useQuery(queries.collaborators(appId))
  const own = collaborators.data?.find(({ user }) => user.email === account.data?.email)
  const { any, what } = NEEDED[action]
  if (!own || own.permissions.some(({ name }) => any.includes(name))) return undefined
  return `Your role (${own.role}) may not ${what}.`
}
