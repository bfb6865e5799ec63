import { derivedId } from '#/foundation/ids.ts'
import type { Team } from './team.ts'

/** Heroku's words for what every team here has; the official CLI looks for them. */
const FEATURES = [
  ['org-access-controls', 'Say for each collaborator of an app what they may do there.'],
  ['team-invite-acceptance', 'People join once they have accepted an invitation.'],
] as const

const presentFeature = ([name, description]: (typeof FEATURES)[number], team: Team) => ({
  id: derivedId('team-feature', team.id, name),
  name,
  display_name: name,
  description,
  doc_url: '',
  enabled: true,
  feedback_email: '',
  state: 'general',
  created_at: team.createdAt,
  updated_at: team.createdAt,
})

export const presentFeatures = (team: Team) =>
  FEATURES.map((feature) => presentFeature(feature, team))
