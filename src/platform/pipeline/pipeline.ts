import type { PathRule } from '#/platform/slug/path-rule.ts'
import { permissionsOfRole, type Permission, type Role, type Team } from '#/platform/team/team.ts'

/** Heroku's stages, as the wire spells them. A pipeline's own stages each are of one of these kinds. */
export const STAGE_KINDS = ['test', 'review', 'development', 'staging', 'production'] as const
export type StageKind = (typeof STAGE_KINDS)[number]

/** The stages of a new pipeline, in their order. */
export const DEFAULT_STAGES: readonly StageKind[] = [
  'review',
  'development',
  'staging',
  'production',
]

export const PRODUCTION_PROMOTIONS = ['admins', 'deployers'] as const
export type ProductionPromotion = (typeof PRODUCTION_PROMOTIONS)[number]

/**
 * The rules of who may do what with a pipeline. It belongs to a person, or to a team:
 *
 * - to see it: its owner, everybody in its team who may see the team's apps, and whoever may see one of its apps;
 * - to rename, set up, transfer and destroy it: its owner, or the admins of its team (`CHANGE_PIPELINE`);
 * - to make one for a team: whoever may put code on the team's apps (`mayHoldPipelines`);
 * - to add an app: deploy on the app, and in the pipeline's team or on an app that is in it;
 * - to move or take out an app: deploy on the app, or whoever may change the pipeline;
 * - to promote: deploy on the source and every target, and into production what `productionPromotion` says;
 * - around its review and test apps: ephemeral-permissions.ts.
 */
export const CHANGE_PIPELINE: Permission = 'manage'

/** Roles in which one may give the team a pipeline, and be given one of the team's. */
export const mayHoldPipelines = (role: Role, team: Pick<Team, 'memberPermissions'>): boolean =>
  permissionsOfRole(role, team).includes('deploy')

export type Pipeline = {
  id: string
  name: string
  teamId: string
  /** Whose it is if its team is somebody's personal one. */
  ownerAccountId: string | null
  teamName: string
  /** Who promotes into production if the pipeline is a team's: its admins, or all with deploy on the apps. */
  productionPromotion: ProductionPromotion
  /** Whether the members of its team get `ephemeralPermissions` on each new review and test app. */
  ephemeralAutoJoin: boolean
  ephemeralPermissions: Permission[]
  /** What its team has fixed for all its pipelines, in place of `ephemeralPermissions`. */
  teamEphemeralPermissions: Permission[] | null
  /** What changed paths mean, beside the platform's own rules and before those of an app.json. */
  pathRules: PathRule[] | null
  /** Set while it has no app: when it is deleted. */
  deleteAt: Date | null
  createdAt: Date
  updatedAt: Date
}

export type PipelineOwner = { id: string; type: 'user' | 'team' }

/** As the wire names it: a personal team is never shown. */
export const ownerOf = ({
  teamId,
  ownerAccountId,
}: Pick<Pipeline, 'teamId' | 'ownerAccountId'>): PipelineOwner =>
  ownerAccountId === null ? { id: teamId, type: 'team' } : { id: ownerAccountId, type: 'user' }

/** One of the ordered stages of a pipeline. */
export type Stage = {
  id: string
  pipelineId: string
  name: string
  kind: StageKind
  /** From 0, in the order of promotion. */
  position: number
  createdAt: Date
  updatedAt: Date
}

/** An app in a stage of a pipeline; an app is in one at most. */
export type Coupling = {
  id: string
  appId: string
  pipelineId: string
  pipelineName: string
  stageId: string
  /** Its kind, which is what the wire calls a stage. */
  stage: StageKind
  stageName: string
  stagePosition: number
  /** The app is not the pipeline's owner's. */
  ownedElsewhere: boolean
  createdAt: Date
  updatedAt: Date
}

export const PIPELINE_NAME_RULE =
  'Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes, 2 to 30 characters in all.'

export const isValidPipelineName = (name: string): boolean =>
  /^[a-z][a-z0-9-]{0,28}[a-z0-9]$/.test(name)

/** Where an app is promoted to by default: the apps of the next stage that has any. */
export const downstreamOf = <C extends Pick<Coupling, 'stagePosition'>>(
  source: C,
  couplings: C[],
): C[] => {
  const later = couplings.filter(({ stagePosition }) => stagePosition > source.stagePosition)
  const next = Math.min(...later.map(({ stagePosition }) => stagePosition))
  return later.filter(({ stagePosition }) => stagePosition === next)
}
