import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { useRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Release } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Empty, Loaded, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { Code } from './app-facts.tsx'
import { ReleaseList } from './release-list.tsx'

const STEP = 30

export const ReleasesPage = (): ReactNode => {
  const app = useApp()
  const [most, setMost] = useState(STEP)
  const releases = useQuery({
    ...queries.releases(app.id, most),
    placeholderData: keepPreviousData,
  })
  const [chosen, setChosen] = useState<Release>()
  const refusal = useRefusal(app.id, 'config')
  return (
    <Section
      title="Releases"
      action={
        <Link to="/apps/$app/releases/compare" params={{ app: app.name }} className="link text-sm">
          Compare two
        </Link>
      }
    >
      <Loaded query={releases} what="releases" lines={6}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="No releases yet">
              <p className="text-muted">Pushed code and changed config vars make releases.</p>
            </Empty>
          ) : (
            <>
              <ReleaseList
                releases={found}
                action={(release) =>
                  !release.current &&
                  release.eligible_for_rollback && (
                    <Button
                      refusal={refusal}
                      onClick={() => setChosen(release)}
                      aria-label={`Roll back to v${release.version}`}
                    >
                      Roll back
                    </Button>
                  )
                }
              />
              {found.length === most && (
                <Button className="mt-4" onClick={() => setMost(most + STEP)}>
                  Show more
                </Button>
              )}
            </>
          )
        }
      </Loaded>
      {chosen && <RollBackSheet release={chosen} onClose={() => setChosen(undefined)} />}
    </Section>
  )
}

const RollBackSheet = ({
  release,
  onClose,
}: {
  release: Release
  onClose: () => void
}): ReactNode => {
  const app = useApp()
  const navigate = useNavigate()
  const rollBack = useMutation({
    mutationFn: () =>
      request<Release>('POST', `/apps/${app.id}/releases`, { body: { release: release.id } }),
    onSuccess: async ({ version }) => {
      await queryClient.invalidateQueries()
      await navigate({
        to: '/apps/$app/releases/$version',
        params: { app: app.name, version: String(version) },
      })
    },
  })
  return (
    <Sheet
      title={`Roll back ${app.name} to v${release.version}`}
      about={`A new release gets the code and the config vars of v${release.version}. Add-ons and what is in them stay as they are.`}
      onClose={onClose}
    >
      <div className="grid gap-4">
        <p>
          <Code appId={app.id} slugId={release.slug?.id} />
        </p>
        <Problem error={rollBack.error} />
        <Button
          kind="main"
          isBusy={rollBack.isPending}
          onClick={() => rollBack.mutate()}
          className="justify-self-start"
        >
          Roll back
        </Button>
      </div>
    </Sheet>
  )
}
