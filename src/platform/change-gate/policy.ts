import type { FreezeWindow } from './freeze-window.ts'

export const PROMOTERS = ['admins', 'deployers'] as const
export type Promoters = (typeof PROMOTERS)[number]

/** What a stage asks of changes to its apps. */
export type StagePolicy = {
  /** So many of the team must have approved the very files for the very app. */
  approvals: number
  /** Null: the pipeline's own team. */
  approvalTeamId: string | null
  /** An approval is asked for anew after this. */
  approvalHours: number
  /** Who promotes to the stage; null: into production as the pipeline says, else all with deploy on the apps. */
  promoters: Promoters | null
  /** Whether code may come to the apps otherwise than by promotion: pushed, built or as a slug. */
  directDeploys: boolean
  /** Codes of findings in a plan that make a promotion impossible. */
  blockingFindings: string[]
  /** A release whose dyno crashes so soon is rolled back by itself; 0: never. */
  autoRollbackMinutes: number
}

/** As Heroku has it: whoever has deploy on an app changes it. */
export const DEFAULT_POLICY: StagePolicy = {
  approvals: 0,
  approvalTeamId: null,
  approvalHours: 168,
  promoters: null,
  directDeploys: true,
  blockingFindings: [],
  autoRollbackMinutes: 0,
}

/** The stage of an app, with its rules. */
export type GovernedStage = StagePolicy & {
  stageId: string
  stage: string
  kind: string
  pipelineId: string
  pipeline: string
  teamId: string
  appId: string
  app: string
}

export type Freeze = FreezeWindow & {
  id: string
  stageId: string
  reason: string | null
  createdByName: string
  createdAt: Date
}

export type FreezeOverride = {
  id: string
  stageId: string
  accountId: string
  accountName: string
  reason: string
  expiresAt: Date
  createdAt: Date
}

/** The team whose members approve. */
export const approvalTeamOf = ({
  approvalTeamId,
  teamId,
}: Pick<GovernedStage, 'approvalTeamId' | 'teamId'>): string => approvalTeamId ?? teamId
