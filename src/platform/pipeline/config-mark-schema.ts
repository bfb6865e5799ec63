import { Type } from 'typebox'
import { MARKS, type ConfigMark } from './config-mark.ts'

export const PutMark = Type.Object({ mark: Type.Union(MARKS.map((mark) => Type.Literal(mark))) })

export const presentMark = ({ stageId, stageName, key, mark }: ConfigMark) => ({
  key,
  mark,
  stage: { id: stageId, name: stageName },
})
