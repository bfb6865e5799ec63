import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Pipeline } from '#/web/data/types.ts'
import { PageTitle } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'

export const NewPipelinePage = (): ReactNode => {
  const navigate = useNavigate()
  const account = useQuery(queries.account)
  const teams = useQuery(queries.teams)
  const [name, setName] = useState('')
  const [team, setTeam] = useState('')
  const create = useMutation({
    mutationFn: () =>
      request<Pipeline>('POST', '/pipelines', {
        body: {
          name: name.trim(),
          owner: team === '' ? { id: account.data?.id, type: 'user' } : { id: team, type: 'team' },
        },
      }),
    onSuccess: async (pipeline) => {
      await queryClient.invalidateQueries()
      await navigate({ to: '/pipelines/$pipeline', params: { pipeline: pipeline.name } })
    },
  })
  return (
    <div className="mx-auto max-w-lg">
      <PageTitle
        title="Create new pipeline"
        about="Apps in stages: what was tested in one is promoted to the next, the very same slug."
      />
      <Form onSend={() => create.mutate()} className="card grid gap-4 p-5">
        <Field
          label="Name"
          hint="Lowercase letters, digits and dashes, 2 to 30 characters."
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoFocus
          required
        />
        {teams.data && teams.data.length > 0 && (
          <Choice
            label="Owner"
            value={team}
            onChoose={setTeam}
            options={[
              { value: '', text: 'You' },
              ...teams.data.map((one) => ({ value: one.id, text: one.name })),
            ]}
          />
        )}
        <Problem error={create.error} />
        <Button
          type="submit"
          kind="main"
          isBusy={create.isPending}
          disabled={!account.data}
          className="justify-self-start"
        >
          Create pipeline
        </Button>
      </Form>
    </div>
  )
}
