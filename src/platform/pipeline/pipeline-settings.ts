import { invalidParams } from '#/foundation/errors.ts'
import type { Pipeline } from './pipeline.ts'

export type PipelineSettings = Partial<
  Pick<Pipeline, 'productionPromotion' | 'ephemeralAutoJoin' | 'ephemeralPermissions'>
>

/** What a pipeline of this owner cannot have is refused. @throws 422 */
export const checkSettings = (
  {
    ownerAccountId,
    teamName,
    teamEphemeralPermissions,
  }: Pick<Pipeline, 'ownerAccountId' | 'teamName' | 'teamEphemeralPermissions'>,
  settings: PipelineSettings,
): void => {
  if (ownerAccountId !== null) {
    if (settings.ephemeralAutoJoin || settings.ephemeralPermissions)
      throw invalidParams(
        'A personal pipeline has no members who could join its review and test apps by themselves. Add people one by one, or transfer it to a team.',
      )
    if (settings.productionPromotion === 'deployers')
      throw invalidParams('Only the owner of a personal pipeline promotes into its production.')
  }
  if (settings.ephemeralPermissions && teamEphemeralPermissions)
    throw invalidParams(
      `The team ${teamName} has fixed the permissions on review and test apps for all its pipelines. They cannot be changed for one.`,
    )
}
