import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { download } from '#/web/data/client.ts'
import { queries } from '#/web/data/queries.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { EventList } from '#/web/ui/event-list.tsx'
import { Choice, Field, Form } from '#/web/ui/form.tsx'
import { Empty, Loaded, Problem } from '#/web/ui/states.tsx'
import type { AuditFilter } from './audit-filter.ts'
import { useTeam } from './team-context.ts'

const STEP = 50

const queryOf = (filter: AuditFilter): string => {
  const text = new URLSearchParams(filter).toString()
  return text === '' ? '' : `?${text}`
}

/** Who did what in the team, to its people, pipelines and apps. */
export const AuditPage = (): ReactNode => {
  const team = useTeam()
  const filter = useSearch({ from: '/teams/$team/audit' })
  const query = queryOf(filter)
  const [most, setMost] = useState(STEP)
  const events = useQuery({
    ...queries.teamEvents(team.id, query, most),
    placeholderData: keepPreviousData,
  })
  const save = useMutation({
    mutationFn: () =>
      download(`/teams/${team.id}/events${query}`, 'text/csv', `audit-${team.name}.csv`),
  })
  return (
    <Section
      title="Audit log"
      action={
        <Button isBusy={save.isPending} disabled={!events.data} onClick={() => save.mutate()}>
          Export as CSV
        </Button>
      }
    >
      <Filters key={query} filter={filter} />
      <Problem error={save.error} />
      <Loaded query={events} what="the audit log" lines={6}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={query === '' ? 'Nothing has happened yet' : 'Nothing is like that'}>
              {query !== '' && <p className="text-muted">Ask for less in the filters.</p>}
            </Empty>
          ) : (
            <EventList events={found} most={most} onMore={() => setMost(most + STEP)} />
          )
        }
      </Loaded>
    </Section>
  )
}

const Filters = ({ filter }: { filter: AuditFilter }): ReactNode => {
  const team = useTeam()
  const navigate = useNavigate()
  const [wanted, setWanted] = useState(filter)
  const set = (name: keyof AuditFilter, value: string): void =>
    setWanted(({ [name]: _before, ...others }) =>
      value === '' ? others : { ...others, [name]: value },
    )
  const show = (search: AuditFilter): void =>
    void navigate({ to: '/teams/$team/audit', params: { team: team.name }, search })
  return (
    <Form
      onSend={() => show(wanted)}
      className="card mb-4 grid items-end gap-3 p-4 sm:grid-cols-2 lg:grid-cols-3"
    >
      <Field
        label="By whom"
        placeholder="E-mail address"
        value={wanted.actor ?? ''}
        onChange={(event) => set('actor', event.target.value.trim())}
      />
      <Field
        label="What"
        placeholder="app, team-member, pipeline…"
        value={wanted.resource ?? ''}
        onChange={(event) => set('resource', event.target.value.trim())}
      />
      <Choice
        label="Result"
        value={wanted.result ?? ''}
        onChoose={(value) => set('result', value)}
        options={[
          { value: '', text: 'Any' },
          { value: 'success', text: 'Done' },
          { value: 'refused', text: 'Refused' },
          { value: 'failed', text: 'Failed' },
        ]}
      />
      <Field
        label="Since (UTC)"
        type="date"
        value={wanted.since ?? ''}
        onChange={(event) => set('since', event.target.value)}
      />
      <Field
        label="Before (UTC)"
        type="date"
        value={wanted.until ?? ''}
        onChange={(event) => set('until', event.target.value)}
      />
      <div className="flex gap-2">
        <Button type="submit">Filter</Button>
        {Object.keys(filter).length > 0 && (
          <Button kind="quiet" onClick={() => show({})}>
            Clear
          </Button>
        )}
      </div>
    </Form>
  )
}
