import { createContext, useContext } from 'react'
import type { Team } from '#/web/data/types.ts'

export const TeamContext = createContext<Team | undefined>(undefined)

/** The team that the page is about. */
export const useTeam = (): Team => {
  const team = useContext(TeamContext)
  if (!team) throw new Error('This is not a page of a team.')
  return team
}
