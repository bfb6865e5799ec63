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

export type Pipeline = {
  id: string
  name: string
  teamId: string
  /** Whose it is if its team is somebody's personal one. */
  ownerAccountId: string | null
  /** Set while it has no app: when it is deleted. */
  deleteAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** One of the ordered stages of a pipeline. */
export type Stage = {
  id: string
  pipelineId: string
  name: string
  kind: StageKind
  position: number
}

/** An app in a stage of a pipeline; an app is in one at most. */
export type Coupling = {
  id: string
  appId: string
  pipelineId: string
  pipelineName: string
  stageId: string
  stage: StageKind
  stagePosition: number
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
