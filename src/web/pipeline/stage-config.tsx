import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Pipeline } from '#/web/data/types.ts'
import { ConfigEditor } from '#/web/ui/config-editor.tsx'

const STAGES = [
  { stage: 'review', title: 'Config vars of review apps' },
  { stage: 'test', title: 'Config vars of test apps' },
]

/** What apps begin with that come and go, and so have no config of their own to keep it in. */
export const StageConfig = ({ pipeline }: { pipeline: Pipeline }): ReactNode =>
  STAGES.map(({ stage, title }) => (
    <OfStage key={stage} pipeline={pipeline} stage={stage} title={title} />
  ))

type OfStageProps = { pipeline: Pipeline; stage: string; title: string }

const OfStage = ({ pipeline, stage, title }: OfStageProps): ReactNode => (
  <ConfigEditor
    title={title}
    vars={useQuery(queries.stageConfig(pipeline.id, stage))}
    whenEmpty="None is set."
    about="Apps that are made from now on begin with it."
    onChange={async (change) => {
      const path = `/pipelines/${pipeline.id}/stage/${stage}/config-vars`
      await request('PATCH', path, { body: change })
      await queryClient.invalidateQueries({ queryKey: ['pipelines', pipeline.id] })
    }}
  />
)
