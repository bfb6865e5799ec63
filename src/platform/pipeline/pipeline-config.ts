import { notFound } from '#/foundation/errors.ts'

/** The stages whose apps come and go, so that their config is the pipeline's to keep. */
const EPHEMERAL_STAGES = ['review', 'test'] as const
export type EphemeralStage = (typeof EPHEMERAL_STAGES)[number]

/** @throws 404 for a stage whose apps have config of their own */
export const ephemeralStage = (name: string): EphemeralStage => {
  const stage = EPHEMERAL_STAGES.find((one) => one === name)
  if (stage) return stage
  throw notFound(
    'pipeline_config_var',
    `A pipeline keeps config for the stages ${EPHEMERAL_STAGES.join(' and ')} only: apps of other stages have their own.`,
  )
}
