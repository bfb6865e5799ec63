import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App } from '#/web/data/types.ts'
import { PageTitle } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'

export const NewAppPage = (): ReactNode => {
  const { pipeline, stage } = useSearch({ from: '/new/app' })
  const navigate = useNavigate()
  const teams = useQuery(queries.teams)
  const [name, setName] = useState('')
  const [team, setTeam] = useState('')
  const create = useMutation({
    mutationFn: async () => {
      const app = await request<App>('POST', team === '' ? '/apps' : '/teams/apps', {
        body: {
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          ...(team === '' ? {} : { team }),
        },
      })
      if (pipeline !== undefined && stage !== undefined)
        await request('POST', '/pipeline-couplings', { body: { app: app.id, pipeline, stage } })
      return app
    },
    onSuccess: async (app) => {
      await queryClient.invalidateQueries()
      await navigate({ to: '/apps/$app', params: { app: app.name } })
    },
  })
  return (
    <div className="mx-auto max-w-lg">
      <PageTitle
        title="Create new app"
        about={pipeline === undefined ? undefined : 'It joins the stage that you came from.'}
      />
      <Form onSend={() => create.mutate()} className="card grid gap-4 p-5">
        <Field
          label="Name"
          hint="Lowercase letters, digits and dashes. Left empty, it gets a name of its own."
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoFocus
        />
        {teams.data && teams.data.length > 0 && (
          <Choice
            label="Owner"
            value={team}
            onChoose={setTeam}
            options={[
              { value: '', text: 'You' },
              ...teams.data.map((one) => ({ value: one.name, text: one.name })),
            ]}
          />
        )}
        <Problem error={create.error} />
        <Button type="submit" kind="main" isBusy={create.isPending} className="justify-self-start">
          Create app
        </Button>
      </Form>
    </div>
  )
}
