import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import { Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Empty, Loading, Problem, Reason } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { currentOf } from './app-facts.tsx'

const Terminal = lazy(async () => ({ default: (await import('./terminal.tsx')).Terminal }))

const ENDED_HERE = 'It was ended here.'

type Run = { number: number; command: string; dyno?: string; end?: string; error?: Error }

export const RunPage = (): ReactNode => {
  const app = useApp()
  const releases = useQuery(queries.releases(app.id))
  const hasCode = !releases.data || currentOf(releases.data)?.slug
  return (
    <Section title="Run">
      {hasCode ? (
        <Runner />
      ) : (
        <Empty title="No code yet">
          <p className="text-muted">Once something has been deployed, commands can be run in it.</p>
        </Empty>
      )}
    </Section>
  )
}

const Runner = (): ReactNode => {
  const app = useApp()
  const [run, setRun] = useState<Run>()
  const change = (part: Partial<Run>): void => setRun((now) => now && { ...now, ...part })
  return (
    <>
      <Start
        run={run}
        onStart={(command) => setRun({ number: (run?.number ?? 0) + 1, command })}
        onEnd={() => change({ end: ENDED_HERE })}
      />
      {run && run.end !== ENDED_HERE && (
        <Suspense fallback={<Loading what="the terminal" lines={4} />}>
          <Terminal
            key={run.number}
            appId={app.id}
            command={run.command}
            onStarted={(dyno) => change({ dyno })}
            onEnd={(status) => {
              change({ end: endOf(status) })
              // Perhaps because one may not any more.
              if (status === undefined)
                void queryClient.invalidateQueries({ queryKey: ['part', app.id, 'collaborators'] })
            }}
            onProblem={(error) => change({ error })}
          />
        </Suspense>
      )}
    </>
  )
}

type StartProps = {
  run: Run | undefined
  onStart: (command: string) => void
  onEnd: () => void
}

const Start = ({ run, onStart, onEnd }: StartProps): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'run')
  const [command, setCommand] = useState('bash')
  const isRunning = run !== undefined && run.end === undefined && run.error === undefined
  return (
    <Form
      onSend={() => (isRunning ? onEnd() : onStart(command.trim()))}
      className="card mb-4 grid gap-3 p-4"
    >
      <Field
        label="Command"
        hint="It runs in a one-off dyno of the current release, with the app's config vars. Shift+Tab leaves the terminal; leaving this page ends the dyno."
        value={command}
        disabled={refusal !== undefined || isRunning}
        onChange={(event) => setCommand(event.target.value)}
      />
      <Reason text={refusal} />
      <div className="flex flex-wrap items-center gap-3">
        {isRunning ? (
          <Button type="submit" kind="danger">
            End
          </Button>
        ) : (
          <Button type="submit" kind="main" refusal={refusal} disabled={command.trim() === ''}>
            {run ? 'Run again' : 'Run'}
          </Button>
        )}
        <p role="status" className="min-w-0 text-sm text-muted">
          {run && <Progress run={run} />}
        </p>
      </div>
      <Problem error={run?.error ?? null} />
    </Form>
  )
}

const endOf = (status: number | undefined): string =>
  status === undefined
    ? 'The connection has ended before the command: the dyno was stopped, or you may not run it any more.'
    : `Ended with exit code ${status}.`

const Progress = ({ run: { command, dyno, end } }: { run: Run }): ReactNode => (
  <>
    <Mono>{command}</Mono>
    {dyno === undefined ? ' is starting…' : ` in ${dyno}`}
    {end !== undefined && `: ${end}`}
  </>
)
