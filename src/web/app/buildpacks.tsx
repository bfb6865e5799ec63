import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { BuildpackInstallation } from '#/web/data/types.ts'
import { Mono, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Field, Form } from '#/web/ui/form.tsx'
import { Loaded, Problem } from '#/web/ui/states.tsx'
import { emptiedOf } from '#/web/ui/use-draft.ts'
import { useApp } from './app-context.ts'

/** What builds the app from its next push on, in this order. */
export const Buildpacks = (): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'deploy')
  const installed = useQuery(queries.buildpacks(app.id))
  const [added, setAdded] = useState('')
  const urls = urlsOf(installed.data ?? [])
  const change = useMutation({
    /** The list goes as a whole, so what is changed is the one of now: somebody may have changed it meanwhile. */
    mutationFn: async (changed: (urls: string[]) => string[]) => {
      const now = await queryClient.fetchQuery({ ...queries.buildpacks(app.id), staleTime: 0 })
      return request('PUT', `/apps/${app.id}/buildpack-installations`, {
        body: { updates: changed(urlsOf(now)).map((buildpack) => ({ buildpack })) },
      })
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['part', app.id, 'buildpacks'] }),
  })
  const nameOf = (url: string): string =>
    installed.data?.find(({ buildpack }) => buildpack.url === url)?.buildpack.name ?? url
  return (
    <Section title="Buildpacks">
      <div className="card grid gap-4 p-4">
        <Loaded query={installed} what="buildpacks" lines={1}>
          {() =>
            urls.length === 0 ? (
              <p className="text-muted">None is set: the first that knows the code builds it.</p>
            ) : (
              <ol className="divide-y" aria-label="Buildpacks in their order">
                {urls.map((url, index) => (
                  <li key={url} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2">
                    <span className="min-w-0 flex-1 basis-56 break-all">
                      {index + 1}. <Mono>{nameOf(url)}</Mono>
                    </span>
                    <span className="flex gap-1">
                      <Button
                        kind="quiet"
                        refusal={refusal}
                        disabled={index === 0 || change.isPending}
                        aria-label={`Move ${nameOf(url)} up`}
                        onClick={() => change.mutate(movedUp(url))}
                      >
                        Up
                      </Button>
                      <Button
                        kind="quiet"
                        refusal={refusal}
                        disabled={index === urls.length - 1 || change.isPending}
                        aria-label={`Move ${nameOf(url)} down`}
                        onClick={() => change.mutate(movedUp(urls[index + 1]))}
                      >
                        Down
                      </Button>
                      <Button
                        kind="quiet"
                        refusal={refusal}
                        disabled={change.isPending}
                        aria-label={`Remove ${nameOf(url)}`}
                        onClick={() => change.mutate((now) => now.filter((one) => one !== url))}
                      >
                        Remove
                      </Button>
                    </span>
                  </li>
                ))}
              </ol>
            )
          }
        </Loaded>
        <Form
          onSend={() =>
            change.mutate((now) => [...now, added.trim()], {
              onSuccess: () => setAdded(emptiedOf(added.trim())),
            })
          }
        >
          <Field
            label="Add a buildpack"
            hint="A name such as heroku/nodejs, or the URL of a git repository or a tarball. It counts from the next build on."
            value={added}
            disabled={refusal !== undefined}
            onChange={(event) => setAdded(event.target.value)}
          />
          <Problem error={change.error} />
          <Button
            type="submit"
            refusal={refusal}
            isBusy={change.isPending}
            disabled={added.trim() === '' || !installed.data}
            className="justify-self-start"
          >
            Add buildpack
          </Button>
        </Form>
      </div>
    </Section>
  )
}

const urlsOf = (installed: BuildpackInstallation[]): string[] =>
  installed
    .toSorted((one, other) => one.ordinal - other.ordinal)
    .map(({ buildpack }) => buildpack.url)

/** It and the one before it change places. */
const movedUp =
  (url: string | undefined) =>
  (urls: string[]): string[] => {
    const index = urls.findIndex((one) => one === url)
    if (index < 1) return urls
    return [
      ...urls.slice(0, index - 1),
      ...urls.slice(index - 1, index + 1).toReversed(),
      ...urls.slice(index + 1),
    ]
  }
