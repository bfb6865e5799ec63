import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Branch } from '#/web/data/types.ts'
import { plainText } from '#/web/text/ansi.ts'
import { shortCommit } from '#/web/text/words.ts'
import { Ago, Mono, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Choice, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { currentOf, firstLine } from './app-facts.tsx'

/** Any branch that was pushed to the app, built as it is now. */
export const DeployBranch = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'deploy')
  const branches = useQuery({
    ...queries.branches(app.id),
    enabled: refusal === undefined,
  })
  return (
    <Section title="Deploy a branch">
      {refusal === undefined ? (
        <Loaded query={branches} what="branches" lines={2}>
          {(found) =>
            found.length === 0 ? (
              <p className="card p-4 text-muted">
                No branch has been pushed to this app yet. A push to main is built by itself; any
                other branch waits here until somebody deploys it.
              </p>
            ) : (
              <Deploy branches={found} />
            )
          }
        </Loaded>
      ) : (
        <div className="card p-4">
          <Reason text={refusal} />
        </div>
      )}
    </Section>
  )
}

const Deploy = ({ branches }: { branches: Branch[] }): ReactNode => {
  const app = useApp()
  const [wanted, setWanted] = useState<string>()
  const chosen = branches.find(({ name }) => name === wanted) ?? branches[0]
  const deploy = useMutation({
    mutationFn: (branch: string) =>
      request('POST', `/apps/${app.id}/builds/actions/deploy-branch`, { body: { branch } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['part', app.id] }),
  })
  if (!chosen) return null
  return (
    <Form onSend={() => deploy.mutate(chosen.name)} className="card grid gap-4 p-4">
      <div className="grid items-end gap-4 sm:grid-cols-[minmax(0,20rem)_auto] sm:justify-start">
        <Choice
          label="Branch"
          value={chosen.name}
          onChoose={(name) => {
            setWanted(name)
            deploy.reset()
          }}
          options={branches.map(({ name }) => ({ value: name, text: plainText(name) }))}
        />
        <Button type="submit" kind="main" isBusy={deploy.isPending}>
          Deploy branch
        </Button>
      </div>
      <Head branch={chosen} />
      <Problem error={deploy.error} />
    </Form>
  )
}

const Head = ({ branch: { commit } }: { branch: Branch }): ReactNode => {
  const app = useApp()
  const slugId = currentOf(useQuery(queries.releases(app.id)).data)?.slug?.id
  const slug = useQuery({ ...queries.slug(app.id, slugId ?? ''), enabled: slugId !== undefined })
  return (
    <div className="min-w-0">
      <p className="break-words" aria-live="polite">
        <Mono title={commit.sha}>{shortCommit(commit.sha)}</Mono> {firstLine(commit.subject)}
      </p>
      <p className="flex flex-wrap gap-x-4 text-sm text-muted">
        <span className="min-w-0 break-words">
          {plainText(commit.author.name)}, <Ago time={commit.date} />
        </span>
        {slug.data?.commit === commit.sha && <Status tone="good">Runs now</Status>}
      </p>
    </div>
  )
}
