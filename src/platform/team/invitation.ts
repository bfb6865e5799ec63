import type { Role } from './team.ts'

/** Somebody's way into a team, bound to an e-mail address. */
export type Invitation = {
  id: string
  teamId: string
  teamName: string
  email: string
  role: Role
  invitedBy: { id: string; email: string; name: string | null }
  /** Its link went by mail alone. */
  byMail: boolean
  expiresAt: Date
  createdAt: Date
  updatedAt: Date
}

export const INVITATION_LIFETIME_MS = 14 * 24 * 3_600_000
