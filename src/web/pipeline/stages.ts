import type { PipelineStage } from '#/web/data/types.ts'

export type Stage = {
  id: string
  name: string
  isAlwaysShown: boolean
  whenEmpty: string
}

const OF_KIND: Record<string, Omit<Stage, 'id'>> = {
  review: {
    name: 'Review apps',
    isAlwaysShown: true,
    whenEmpty: 'No review apps. An app that tries out a change goes here.',
  },
  development: { name: 'Development', isAlwaysShown: false, whenEmpty: 'No apps.' },
  staging: {
    name: 'Staging',
    isAlwaysShown: true,
    whenEmpty: 'No apps. Push to an app here, try it, then promote it.',
  },
  production: {
    name: 'Production',
    isAlwaysShown: true,
    whenEmpty: 'No apps. Add the one that your users use.',
  },
}

/** The stages of a pipeline as the board names them; those that people have named themselves keep their names. */
export const stagesOf = (stages: PipelineStage[]): Stage[] =>
  stages.map(({ id, name, kind }) => ({
    id,
    ...((name === kind ? OF_KIND[kind] : undefined) ?? {
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      isAlwaysShown: true,
      whenEmpty: 'No apps.',
    }),
  }))
