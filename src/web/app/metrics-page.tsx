import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { Metrics, Release } from '#/web/data/types.ts'
import { Section } from '#/web/ui/bits.tsx'
import { Choice } from '#/web/ui/form.tsx'
import { Empty, Loaded } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { CHARTS, chartData, extremes, type ChartData, type ChartSpec } from './chart-series.ts'
import { Chart, type Mark } from './chart.tsx'

const RANGES = [
  { value: '1', text: 'The last hour' },
  { value: '24', text: 'The last 24 hours' },
  { value: '168', text: 'The last 7 days' },
]
const MOST_RELEASES = 50

export const MetricsPage = (): ReactNode => {
  const app = useApp()
  const [hours, setHours] = useState('1')
  const [type, setType] = useState('web')
  const query = useQuery(queries.metrics(app.id, Number(hours)))
  const releases = useQuery(queries.releases(app.id, MOST_RELEASES))
  const types = [...new Set(['web', ...(query.data?.process_types ?? []).map((one) => one.type)])]
  return (
    <Section title="Metrics">
      <div className="mb-4 grid gap-3 sm:grid-cols-3">
        <Choice label="Time" value={hours} onChoose={setHours} options={RANGES} />
        <Choice
          label="Process type"
          value={type}
          onChoose={setType}
          options={types.map((value) => ({ value, text: value }))}
        />
      </div>
      <Loaded query={query} what="metrics" lines={4}>
        {(metrics) => <Charts metrics={metrics} type={type} releases={releases.data ?? []} />}
      </Loaded>
    </Section>
  )
}

type ChartsProps = { metrics: Metrics; type: string; releases: Release[] }

const Charts = ({ metrics, type, releases }: ChartsProps): ReactNode => {
  const points = metrics.process_types.find((one) => one.type === type)?.points
  const marks = useMemo(() => marksOf(metrics, releases), [metrics, releases])
  if (!points)
    return (
      <Empty title={`Nothing was measured of ${type} in this time`}>
        <p className="text-muted">
          The first numbers come a minute after a dyno has started, or a visitor has come.
        </p>
      </Empty>
    )
  return (
    <>
      <div className="grid gap-5 lg:grid-cols-2">
        {CHARTS.map((spec) => (
          <ChartCard
            key={spec.title}
            spec={spec}
            data={chartData(spec, metrics, points)}
            marks={marks}
          />
        ))}
      </div>
      {marks.length > 0 && (
        <p className="mt-4 text-sm text-muted">
          Releases in this time, dashed in the charts:{' '}
          {marks.map(({ at, text }) => `${text} at ${clock(at)}`).join(', ')}.
        </p>
      )}
    </>
  )
}

const marksOf = ({ from, to }: Metrics, releases: Release[]): Mark[] =>
  releases
    .filter((one) => one.status === 'succeeded')
    .filter(({ created_at: at }) => Date.parse(at) >= Date.parse(from))
    .filter(({ created_at: at }) => Date.parse(at) <= Date.parse(to))
    .map((one) => ({ at: Date.parse(one.created_at) / 1_000, text: `v${one.version}` }))
    .toReversed()

const clock = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleString('en', {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })

type CardProps = { spec: ChartSpec; data: ChartData; marks: Mark[] }

const ChartCard = ({ spec, data, marks }: CardProps): ReactNode => {
  const [isOpen, setOpen] = useState(false)
  return (
    <section aria-label={spec.title} className="card min-w-0 p-4">
      <h3 className="font-medium">
        {spec.title} <span className="text-sm font-normal text-muted">({spec.unit})</span>
      </h3>
      <ul className="my-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {spec.lines.map((line, index) => {
          const found = extremes(data.values[index] ?? [])
          return (
            <li key={line.name} className="flex items-center gap-1.5">
              <span
                aria-hidden="true"
                className="inline-block h-0.5 w-4 shrink-0"
                style={{ backgroundColor: `var(${line.colour})` }}
              />
              {line.name}{' '}
              <span className="text-muted">
                {found
                  ? `${spec.show(found.newest)} now, ${spec.show(found.highest)} at most`
                  : 'not known'}
              </span>
            </li>
          )
        })}
      </ul>
      <Chart spec={spec} data={data} marks={marks} />
      <details
        className="mt-2 text-sm"
        onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      >
        <summary className="cursor-pointer text-muted">As a table</summary>
        {isOpen && <NumbersTable spec={spec} data={data} />}
      </details>
    </section>
  )
}

const NumbersTable = ({ spec, data }: Omit<CardProps, 'marks'>): ReactNode => {
  const rows = data.times
    .map((at, index) => ({ at, cells: data.values.map((line) => line[index] ?? null) }))
    .filter(({ cells }) => cells.some((value) => value !== null && value > 0))
    .toReversed()
  return (
    <div
      className="mt-2 max-h-64 overflow-auto"
      tabIndex={0}
      role="region"
      aria-label={`${spec.title} in numbers`}
    >
      <table className="w-full text-right">
        <caption className="sr-only">
          {spec.title}, {spec.unit}, newest first; what is left out was nought or is not known.
        </caption>
        <thead>
          <tr className="border-b">
            <th scope="col" className="py-1 text-left font-medium">
              Time
            </th>
            {spec.lines.map(({ name }) => (
              <th scope="col" key={name} className="py-1 pl-3 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, cells }) => (
            <tr key={at}>
              <th scope="row" className="py-0.5 text-left font-normal whitespace-nowrap">
                {clock(at)}
              </th>
              {cells.map((value, index) => (
                <td key={spec.lines[index]?.name ?? index} className="py-0.5 pl-3">
                  {value === null ? '–' : spec.show(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
