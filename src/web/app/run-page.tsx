import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useRefusal } from '#/web/data/permission.ts'
import { queries } from '#/web/data/queries.ts'
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
  const refusal = useRefusal(app.id, 'run')
  const releases = useQuery(queries.releases(app.id))
  const hasCode = !releases.data || currentOf(releases.data)?.slug
  const [command, setCommand] = useState('bash')
  const [run, setRun] = useState<Run>()
  const change = (part: Partial<Run>): void => setRun((now) => now && { ...now, ...part })
  const isRunning = run !== undefined && run.end === undefined && run.error === undefined
  if (!hasCode)
    return (
      <Section title="Run">
        <Empty title="No code yet">
          <p className="text-muted">Once something has been deployed, commands can be run in it.</p>
        </Empty>
      </Section>
    )
  return (
    <Section title="Run">
      <Form
        onSend={() => setRun({ number: (run?.number ?? 0) + 1, command: command.trim() })}
        className="card mb-4 grid gap-3 p-4"
      >
        <Field
          label="Command"
          hint="It runs in a one-off dyno of the current release, with the app's config vars. Shift+Tab leaves the terminal; leaving this page ends the dyno."
          value={command}
          disabled={refusal !== undefined || isRunning}
          onChange={(event) => setCommand(event.target.value)}
          className="font-mono"
        />
        <Reason text={refusal} />
        <div className="flex flex-wrap items-center gap-3">
          {isRunning ? (
            <Button kind="danger" onClick={() => change({ end: ENDED_HERE })}>
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
      {run && !isEndedHere(run) && (
        <Suspense fallback={<Loading what="the terminal" lines={4} />}>
          <Terminal
            key={run.number}
            appId={app.id}
            command={run.command}
            onStarted={(dyno) => change({ dyno })}
            onEnd={(status) => change({ end: endOf(status) })}
            onProblem={(error) => change({ error })}
          />
        </Suspense>
      )}
    </Section>
  )
}

const isEndedHere = ({ end }: Run): boolean => end === ENDED_HERE

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
