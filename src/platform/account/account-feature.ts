/** Something that an account may switch on for itself. */
export type AccountFeature = { name: string; displayName: string; description: string }

export const ACCOUNT_FEATURES: readonly AccountFeature[] = [
  {
    name: 'pipelines',
    displayName: 'Pipelines',
    description:
      'The pipeline commands of 2012: pipeline:add, pipeline, pipeline:diff, pipeline:promote, pipeline:remove',
  },
]
