import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Pipeline } from '#/web/data/types.ts'
import { stagesOf } from '#/web/pipeline/stages.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'

/** The pipeline that the app is in, or the way into one. */
export const InPipeline = (): ReactNode => {
  const app = useApp()
  const couplings = useQuery(queries.couplings)
  const pipelines = useQuery(queries.pipelines)
  return (
    <Section title="Pipeline">
      <Loaded query={couplings} what="the pipeline" lines={1}>
        {(found) => {
          const own = found.find((coupling) => coupling.app.id === app.id)
          if (!own)
            return (
              <Loaded query={pipelines} what="pipelines" lines={2}>
                {(all) => <Join pipelines={all} />}
              </Loaded>
            )
          return (
            <p className="card p-4">
              In the stage {own.pipeline_stage.name} of{' '}
              <Link
                to="/pipelines/$pipeline"
                params={{ pipeline: own.pipeline.name }}
                className="link"
              >
                {own.pipeline.name}
              </Link>
              , from where it is promoted, moved and removed.
            </p>
          )
        }}
      </Loaded>
    </Section>
  )
}

const NEW = ''
/** Where most apps that have code begin. */
const STAGING = 'staging'

/** Those that a new pipeline has. */
const STAGES = [
  { id: 'review', name: 'Review apps' },
  { id: 'development', name: 'Development' },
  { id: 'staging', name: 'Staging' },
  { id: 'production', name: 'Production' },
]

/** Into a pipeline that is there, or a new one of the app's owner. */
const Join = ({ pipelines }: { pipelines: Pipeline[] }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'deploy')
  const [chosen, setChosen] = useState(pipelines[0]?.id ?? NEW)
  const [name, setName] = useState('')
  const [wanted, setWanted] = useState('')
  const own = useQuery({ ...queries.stages(chosen), enabled: chosen !== NEW })
  const stages = chosen === NEW || !own.data ? STAGES : stagesOf(own.data)
  const isThere = (id: string): boolean => stages.some((stage) => stage.id === id)
  const stage = [wanted, STAGING].find(isThere) ?? stages[0]?.id ?? ''
  const join = useMutation({
    mutationFn: async () => {
      const pipeline =
        chosen === NEW ? (await createPipeline(name.trim(), app.team, app.owner)).id : chosen
      await request('POST', '/pipeline-couplings', { body: { app: app.id, pipeline, stage } })
    },
    onSettled: () => queryClient.invalidateQueries(),
  })
  return (
    <Form
      onSend={() => join.mutate()}
      className="card grid items-end gap-4 p-4 sm:grid-cols-2 lg:grid-cols-4"
    >
      <Choice
        label="Pipeline"
        value={chosen}
        onChoose={setChosen}
        disabled={refusal !== undefined}
        options={[
          ...pipelines.map((one) => ({ value: one.id, text: one.name })),
          { value: NEW, text: 'A new pipeline' },
        ]}
      />
      {chosen === NEW && (
        <Field
          label="Name of the new pipeline"
          value={name}
          disabled={refusal !== undefined}
          onChange={(event) => setName(event.target.value)}
          required
        />
      )}
      <Choice
        label="Stage"
        value={stage}
        onChoose={setWanted}
        disabled={refusal !== undefined}
        options={stages.map(({ id, name: text }) => ({ value: id, text }))}
      />
      <Button type="submit" refusal={refusal} isBusy={join.isPending}>
        {chosen === NEW ? 'Create pipeline and join' : 'Join pipeline'}
      </Button>
      {join.error && (
        <div className="sm:col-span-full">
          <Problem error={join.error} />
        </div>
      )}
    </Form>
  )
}

type Owned = { id: string }

const createPipeline = (name: string, team: Owned | null, owner: Owned): Promise<Pipeline> =>
  request<Pipeline>('POST', '/pipelines', {
    body: {
      name,
      owner: team ? { id: team.id, type: 'team' } : { id: owner.id, type: 'user' },
    },
  })
