import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Build, Pipeline } from '#/web/data/types.ts'
import { shortCommit } from '#/web/text/words.ts'
import { Ago, Mono, Outcome, Section } from '#/web/ui/bits.tsx'
import { Button, buttonLook } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Printed } from '#/web/ui/printed.tsx'
import { Commands, Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { firstLine } from './app-facts.tsx'

export const DeployPage = (): ReactNode => (
  <>
    <InPipeline />
    <ByGit />
    <LastBuild />
  </>
)

const InPipeline = (): ReactNode => {
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
              In the stage {own.stage} of{' '}
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

/** Those that a new pipeline has. */
const STAGES = [
  { value: 'review', text: 'Review apps' },
  { value: 'development', text: 'Development' },
  { value: 'staging', text: 'Staging' },
  { value: 'production', text: 'Production' },
]

/** Into a pipeline that is there, or a new one of the app's owner. */
const Join = ({ pipelines }: { pipelines: Pipeline[] }): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'deploy')
  const [chosen, setChosen] = useState(pipelines[0]?.id ?? NEW)
  const [name, setName] = useState('')
  const [stage, setStage] = useState('staging')
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
        onChoose={setStage}
        disabled={refusal !== undefined}
        options={STAGES}
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

const ByGit = (): ReactNode => {
  const app = useApp()
  return (
    <Section title="Push with git">
      <div className="card grid gap-3 p-4">
        <p>In the folder of your code, once:</p>
        <Commands>{`sluice git:remote --app ${app.name}`}</Commands>
        <p>Then, whenever there is something to release:</p>
        <Commands>{'git push heroku main'}</Commands>
        <p className="text-sm text-muted">
          The remote is <Mono>{app.git_url}</Mono>; the user name does not matter, the password is a
          token of yours (
          <Link to="/account" className="link">
            Account
          </Link>
          ).
        </p>
      </div>
    </Section>
  )
}

const LastBuild = (): ReactNode => {
  const app = useApp()
  const builds = useQuery(queries.builds(app.id))
  return (
    <Section
      title="Last build"
      action={
        <Link to="/apps/$app/builds" params={{ app: app.name }} className="link text-sm">
          All builds
        </Link>
      }
    >
      <Loaded query={builds} what="builds">
        {([newest]) =>
          newest ? (
            <BuildLog key={newest.id} build={newest} />
          ) : (
            <p className="card p-4 text-muted">
              Nothing has been built here. What you push is seen here as it builds.
            </p>
          )
        }
      </Loaded>
    </Section>
  )
}

const BuildLog = ({ build }: { build: Build }): ReactNode => {
  const app = useApp()
  const { version, version_description: description } = build.source_blob
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0">
          <Mono>{version === null ? 'tarball' : shortCommit(version)}</Mono>{' '}
          {description !== null && firstLine(description)}
          <span className="block text-sm text-muted">
            {build.user.email}, <Ago time={build.created_at} />
          </span>
        </p>
        <span className="flex items-center gap-4">
          <Outcome status={build.status} />
          {build.status === 'succeeded' && (
            <a href={app.web_url} target="_blank" rel="noreferrer" className={buttonLook('main')}>
              View
            </a>
          )}
        </span>
      </div>
      {build.status === 'failed' && build.failure_reason !== null && (
        <Problem error={new Error(build.failure_reason)} />
      )}
      <Printed url={build.output_stream_url} label="Output of the build" />
    </div>
  )
}
