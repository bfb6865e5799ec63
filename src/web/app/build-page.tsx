import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import { shortCommit } from '#/web/text/words.ts'
import { Ago, Mono, Outcome, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Printed } from '#/web/ui/printed.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { firstLine } from './app-facts.tsx'

export const BuildPage = (): ReactNode => {
  const app = useApp()
  const { build: id = '' } = useParams({ strict: false })
  const build = useQuery(queries.build(app.id, id))
  const refusal = useRefusal(app.id, 'deploy')
  const cancel = useMutation({
    mutationFn: () => request('DELETE', `/apps/${app.id}/builds/${id}`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['part', app.id, 'builds'] }),
  })
  return (
    <Loaded query={build} what="the build">
      {({
        source_blob: source,
        status,
        user,
        created_at: at,
        failure_reason: reason,
        ...found
      }) => (
        <Section
          title="Build"
          action={
            status === 'pending' && (
              <Button
                kind="danger"
                refusal={refusal}
                isBusy={cancel.isPending}
                onClick={() => cancel.mutate()}
              >
                Cancel build
              </Button>
            )
          }
        >
          <div className="mb-4 grid gap-1">
            <p>
              <Mono>{source.version === null ? 'tarball' : shortCommit(source.version)}</Mono>{' '}
              {source.version_description !== null && firstLine(source.version_description)}
            </p>
            <p className="text-sm text-muted">
              {user.email}, <Ago time={at} />
            </p>
            <Outcome status={status} />
            {reason !== null && <Problem error={new Error(reason)} />}
            <Problem error={cancel.error} />
          </div>
          <Printed url={found.output_stream_url} label="Output of the build" />
        </Section>
      )}
    </Loaded>
  )
}
