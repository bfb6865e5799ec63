import { useQuery } from '@tanstack/react-query'
import { queries } from './queries.ts'

const WHAT = {
  deploy: 'release code or change what this app runs with',
  operate: 'operate this app',
  manage: 'manage this app',
}

/** Why the signed-in account may not do this on the app; undefined if it may, or as long as it is not known. */
export const useRefusal = (appId: string, permission: keyof typeof WHAT): string | undefined => {
  const account = useQuery(queries.account)
  const collaborators = useQuery(queries.collaborators(appId))
  const own = collaborators.data?.find(({ user }) => user.id === account.data?.id)
  if (!own || own.permissions.some(({ name }) => name === permission)) return undefined
  return `Your role (${own.role}) may not ${WHAT[permission]}.`
}
