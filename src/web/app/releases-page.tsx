import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Empty, Loaded } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { ReleaseList } from './release-list.tsx'
import { RollBack } from './roll-back.tsx'

const STEP = 30

export const ReleasesPage = (): ReactNode => {
  const app = useApp()
  const [most, setMost] = useState(STEP)
  const releases = useQuery({
    ...queries.releases(app.id, most),
    placeholderData: keepPreviousData,
  })
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
              <ReleaseList releases={found} action={(release) => <RollBack release={release} />} />
              {found.length === most && (
                <Button className="mt-4" onClick={() => setMost(most + STEP)}>
                  Show more
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </Section>
  )
}
