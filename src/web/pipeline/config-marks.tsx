import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { ConfigMark, Pipeline, PipelineStage } from '#/web/data/types.ts'
import { Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { emptiedOf } from '#/web/ui/use-draft.ts'

type Props = { pipeline: Pipeline; stage: PipelineStage }

const MARKS: Record<ConfigMark['mark'], string> = {
  'must-differ': 'must differ',
  'must-equal': 'must be equal',
}

/** What is said of config vars when something is promoted into the stage. */
export const ConfigMarks = ({ pipeline, stage }: Props): ReactNode => {
  const marks = useQuery(queries.configMarks(pipeline.id))
  const refusal = usePipelineRefusal(pipeline)
  const path = `/pipelines/${pipeline.id}/stages/${stage.id}/config-marks`
  return (
    <Section title="Marks on config vars">
      <p className="mb-3 max-w-2xl text-muted">
        A plan finds a problem where a config var here has the same value as in the app that is
        promoted, though it must differ, or another one, though it must be equal.
      </p>
      <Loaded query={marks} what="the marks" lines={1}>
        {(all) => {
          const own = all.filter((mark) => mark.stage.id === stage.id)
          return (
            <div className="card divide-y">
              {own.length > 0 && (
                <ul className="divide-y" aria-label="Marks">
                  {own.map((mark) => (
                    <Row key={mark.key} path={path} mark={mark} refusal={refusal} />
                  ))}
                </ul>
              )}
              <Add path={path} refusal={refusal} />
            </div>
          )
        }}
      </Loaded>
    </Section>
  )
}

const refresh = async (): Promise<void> => {
  await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
  await queryClient.invalidateQueries({ queryKey: ['plan'] })
}

type RowProps = { path: string; mark: ConfigMark; refusal: string | undefined }

const Row = ({ path, mark: { key, mark }, refusal }: RowProps): ReactNode => {
  const remove = useMutation({
    mutationFn: () => request('DELETE', `${path}/${encodeURIComponent(key)}`),
    onSettled: refresh,
  })
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 break-words">
          <Mono>{key}</Mono> <span className="text-muted">{MARKS[mark]}</span>
        </p>
        <Button
          kind="danger"
          aria-label={`Remove the mark on ${key}`}
          refusal={refusal}
          isBusy={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
      <Problem error={remove.error} />
    </li>
  )
}

const Add = ({ path, refusal }: { path: string; refusal: string | undefined }): ReactNode => {
  const [key, setKey] = useState('')
  const [mark, setMark] = useState('must-differ')
  const add = useMutation({
    mutationFn: (wanted: string) =>
      request('PUT', `${path}/${encodeURIComponent(wanted)}`, { body: { mark } }),
    onSuccess: async (_mark, sent) => {
      await refresh()
      setKey(emptiedOf(sent))
    },
  })
  const isOff = refusal !== undefined
  return (
    <Form onSend={() => add.mutate(key.trim())} className="grid gap-3 p-4">
      <div className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_12rem_auto]">
        <Field
          label="Config var"
          value={key}
          disabled={isOff}
          onChange={(event) => setKey(event.target.value)}
        />
        <Choice
          label="Its value"
          value={mark}
          disabled={isOff}
          onChoose={setMark}
          options={Object.entries(MARKS).map(([value, text]) => ({ value, text }))}
        />
        <Button
          type="submit"
          refusal={refusal}
          disabled={key.trim() === ''}
          isBusy={add.isPending}
          className="justify-self-start"
        >
          Mark
        </Button>
      </div>
      <Reason text={refusal} />
      <Problem error={add.error} />
    </Form>
  )
}
