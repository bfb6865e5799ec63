import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { Section } from '#/web/ui/bits.tsx'
import { EventList } from '#/web/ui/event-list.tsx'
import { Empty, Loaded } from '#/web/ui/states.tsx'
import { usePipeline } from './pipeline-context.ts'

const STEP = 50

/** Who did what to the pipeline, and what was promoted along it. */
export const ActivityPage = (): ReactNode => {
  const pipeline = usePipeline()
  const [most, setMost] = useState(STEP)
  const events = useQuery({
    ...queries.pipelineEvents(pipeline.id, most),
    placeholderData: keepPreviousData,
  })
  return (
    <Section title="Activity">
      <Loaded query={events} what="activity" lines={6}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="Nothing has happened yet" />
          ) : (
            <EventList events={found} most={most} onMore={() => setMost(most + STEP)} />
          )
        }
      </Loaded>
    </Section>
  )
}
