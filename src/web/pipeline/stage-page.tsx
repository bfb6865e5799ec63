import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useRef, type ReactNode } from 'react'
import { RequestError } from '#/web/data/client.ts'
import { queries } from '#/web/data/queries.ts'
import { Failure, Loaded } from '#/web/ui/states.tsx'
import { ConfigMarks } from './config-marks.tsx'
import { Freezes } from './freezes.tsx'
import { usePipeline } from './pipeline-context.ts'
import { PolicyForm } from './policy-form.tsx'

/** The rules of one stage. */
export const StagePage = (): ReactNode => {
  const pipeline = usePipeline()
  const { stage: name = '' } = useParams({ strict: false })
  const stages = useQuery(queries.stages(pipeline.id))
  // Whatever somebody else names it meanwhile.
  const seen = useRef<{ name: string; id: string }>(undefined)
  return (
    <Loaded query={stages} what="the stage" lines={5}>
      {(all) => {
        const id = seen.current?.name === name ? seen.current.id : undefined
        const stage = all.find((one) => one.name === name) ?? all.find((one) => one.id === id)
        if (!stage)
          return (
            <Failure error={new RequestError(404, 'not_found', `No stage is named ${name}.`)} />
          )
        seen.current = { name, id: stage.id }
        return (
          <>
            <p className="mb-5 text-sm">
              <Link
                to="/pipelines/$pipeline/stages"
                params={{ pipeline: pipeline.name }}
                className="link"
              >
                Stages
              </Link>{' '}
              / <span className="font-medium break-words">{stage.name}</span>
            </p>
            <PolicyForm key={stage.id} pipeline={pipeline} stage={stage} />
            <Freezes pipeline={pipeline} stage={stage} />
            <ConfigMarks pipeline={pipeline} stage={stage} />
          </>
        )
      }}
    </Loaded>
  )
}
