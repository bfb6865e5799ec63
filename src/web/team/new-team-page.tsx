import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Team } from '#/web/data/types.ts'
import { PageTitle } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Problem } from '#/web/ui/states.tsx'

export const NewTeamPage = (): ReactNode => {
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => request<Team>('POST', '/teams', { body: { name: name.trim() } }),
    onSuccess: async (team) => {
      await queryClient.invalidateQueries()
      await navigate({ to: '/teams/$team', params: { team: team.name } })
    },
  })
  return (
    <div className="mx-auto max-w-lg">
      <PageTitle
        title="Create new team"
        about="It owns apps and pipelines. You are its first owner, and invite the others."
      />
      <Form onSend={() => create.mutate()} className="card grid gap-4 p-5">
        <Field
          label="Name"
          hint="Lowercase letters, digits and dashes, 3 to 30 characters."
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoFocus
          required
        />
        <Problem error={create.error} />
        <Button type="submit" kind="main" isBusy={create.isPending} className="justify-self-start">
          Create team
        </Button>
      </Form>
    </div>
  )
}
