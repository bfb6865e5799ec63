import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Pipeline, PipelineStage } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'

const KINDS = ['review', 'development', 'staging', 'production'].map((kind) => ({
  value: kind,
  text: kind,
}))
const NAME_HINT = 'Lowercase letters, digits and dashes.'

type AddStageSheetProps = { pipeline: Pipeline; stages: PipelineStage[]; onClose: () => void }

export const AddStageSheet = ({ pipeline, stages, onClose }: AddStageSheetProps): ReactNode => {
  const [name, setName] = useState('')
  const [kind, setKind] = useState('staging')
  const [position, setPosition] = useState(String(stages.length))
  const add = useMutation({
    mutationFn: () =>
      request('POST', `/pipelines/${pipeline.id}/stages`, {
        body: { name: name.trim(), kind, position: Number(position) },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      onClose()
    },
  })
  return (
    <Sheet title="Add a stage" about={`To the pipeline ${pipeline.name}.`} onClose={onClose}>
      <Form onSend={() => add.mutate()}>
        <Field
          label="Name"
          hint={NAME_HINT}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Choice
          label="Kind (as Heroku’s clients see it)"
          value={kind}
          onChoose={setKind}
          options={KINDS}
        />
        <Choice
          label="Place"
          value={position}
          onChoose={setPosition}
          options={[
            { value: '0', text: 'first' },
            ...stages.map((stage, index) => ({
              value: String(index + 1),
              text: `after ${stage.name}`,
            })),
          ]}
        />
        <Problem error={add.error} />
        <Button
          type="submit"
          kind="main"
          disabled={name.trim() === ''}
          isBusy={add.isPending}
          className="justify-self-start"
        >
          Add stage
        </Button>
      </Form>
    </Sheet>
  )
}

type RenameStageSheetProps = { pipeline: Pipeline; stage: PipelineStage; onClose: () => void }

export const RenameStageSheet = ({
  pipeline,
  stage,
  onClose,
}: RenameStageSheetProps): ReactNode => {
  const [name, setName] = useState(stage.name)
  const rename = useMutation({
    mutationFn: () =>
      request('PATCH', `/pipelines/${pipeline.id}/stages/${stage.id}`, {
        body: { name: name.trim() },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      onClose()
    },
  })
  return (
    <Sheet
      title={`Rename ${stage.name}`}
      about={`Its kind stays ${stage.kind}; its apps and rules stay too.`}
      onClose={onClose}
    >
      <Form onSend={() => rename.mutate()}>
        <Field
          label="New name"
          hint={NAME_HINT}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Problem error={rename.error} />
        <Button
          type="submit"
          kind="main"
          disabled={name.trim() === '' || name.trim() === stage.name}
          isBusy={rename.isPending}
          className="justify-self-start"
        >
          Rename
        </Button>
      </Form>
    </Sheet>
  )
}
