import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Printed } from '#/web/ui/printed.tsx'
import { Loaded } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { BuildSummary } from './build-summary.tsx'

export const BuildPage = (): ReactNode => {
  const app = useApp()
  const { build: id = '' } = useParams({ strict: false })
  const query = useQuery(queries.build(app.id, id))
  return (
    <Section title="Build">
      <Loaded query={query} what="the build">
        {(build) => (
          <div className="grid gap-4">
            <BuildSummary build={build} />
            <Printed url={build.output_stream_url} label="Output of the build" />
          </div>
        )}
      </Loaded>
    </Section>
  )
}
