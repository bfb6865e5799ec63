import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { App, Pipeline } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Form } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'
import type { Stage } from './stages.ts'

type AddAppSheetProps = { pipeline: Pipeline; stage: Stage; apps: App[]; onClose: () => void }

export const AddAppSheet = ({ pipeline, stage, apps, onClose }: AddAppSheetProps): ReactNode => {
  const [chosen, setChosen] = useState(apps[0]?.id ?? '')
  const add = useMutation({
    mutationFn: () =>
      request('POST', '/pipeline-couplings', {
        body: { app: chosen, pipeline: pipeline.id, stage: stage.id },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      onClose()
    },
  })
  return (
    <Sheet
      title={`Add an app to ${stage.name.toLowerCase()}`}
      about={`In the pipeline ${pipeline.name}. An app can be in one pipeline.`}
      onClose={onClose}
    >
      {apps.length > 0 ? (
        <Form onSend={() => add.mutate()}>
          <Choice
            label="App"
            value={chosen}
            onChoose={setChosen}
            options={apps.map(({ id, name }) => ({ value: id, text: name }))}
          />
          <Problem error={add.error} />
          <Button type="submit" kind="main" isBusy={add.isPending} className="justify-self-start">
            Add app
          </Button>
        </Form>
      ) : (
        <p className="text-muted">Each of your apps is in a pipeline already.</p>
      )}
      <p className="mt-5 border-t pt-4">
        <Link to="/new/app" search={{ pipeline: pipeline.id, stage: stage.id }} className="link">
          Create a new app here
        </Link>
      </p>
    </Sheet>
  )
}
