export const MARKS = ['must-differ', 'must-equal'] as const
export type Mark = (typeof MARKS)[number]

/** What must hold of a config var between an app that is promoted and one of a stage. Of its key: no value is known. */
export type ConfigMark = { stageId: string; stageName: string; key: string; mark: Mark }
