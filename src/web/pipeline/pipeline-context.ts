import { createContext, useContext } from 'react'
import type { Pipeline } from '#/web/data/types.ts'

export const PipelineContext = createContext<Pipeline | undefined>(undefined)

/** The pipeline that the page is about. */
export const usePipeline = (): Pipeline => {
  const pipeline = useContext(PipelineContext)
  if (!pipeline) throw new Error('This is not a page of a pipeline.')
  return pipeline
}
