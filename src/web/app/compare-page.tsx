import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useRefusal } from '#/web/data/permission.ts'
import { queries } from '#/web/data/queries.ts'
import type { Release, Slug } from '#/web/data/types.ts'
import { shortDigest } from '#/web/text/words.ts'
import { Mono, Section } from '#/web/ui/bits.tsx'
import { Choice } from '#/web/ui/form.tsx'
import { Empty, Loaded, Loading, Problem } from '#/web/ui/states.tsx'
import { useApp } from './app-context.ts'
import { Code, currentOf, firstLine } from './app-facts.tsx'

const MOST = 100

/** Two releases of the app side by side; of config vars only the names are told. */
export const ComparePage = (): ReactNode => {
  const app = useApp()
  const releases = useQuery(queries.releases(app.id, MOST))
  const asked = useSearch({ from: '/apps/$app/releases/compare' })
  const navigate = useNavigate()
  return (
    <Section title="Compare two releases">
      <Loaded query={releases} what="releases">
        {(found) => {
          const to = asked.to ?? currentOf(found)?.version ?? found[0]?.version
          const from = asked.from ?? found.find(({ version }) => version < (to ?? 0))?.version
          const byVersion = (wanted: number | undefined): Release | undefined =>
            found.find(({ version }) => version === wanted)
          const [older, newer] = [byVersion(from), byVersion(to)]
          const choose = (search: { from?: number; to?: number }): void =>
            void navigate({
              to: '/apps/$app/releases/compare',
              params: { app: app.name },
              search: { ...(from && { from }), ...(to && { to }), ...search },
              replace: true,
            })
          if (found.length < 2)
            return (
              <Empty title="There are not two releases yet">
                <p className="text-muted">Pushed code and changed config vars make releases.</p>
              </Empty>
            )
          const options = found.map(({ version, description }) => ({
            value: String(version),
            text: `v${version} ${firstLine(description)}`,
          }))
          return (
            <div className="grid gap-5">
              <div className="grid gap-4 sm:grid-cols-2">
                <Choice
                  label="From"
                  value={String(from ?? '')}
                  options={options}
                  onChoose={(value) => choose({ from: Number(value) })}
                />
                <Choice
                  label="To"
                  value={String(to ?? '')}
                  options={options}
                  onChoose={(value) => choose({ to: Number(value) })}
                />
              </div>
              {older && newer ? (
                <>
                  <CodeOfBoth from={older} to={newer} />
                  <ConfigOfBoth from={older} to={newer} />
                </>
              ) : (
                <Empty title="One of the two is not among the last releases" />
              )}
            </div>
          )
        }}
      </Loaded>
    </Section>
  )
}

type Pair = { from: Release; to: Release }

const useSlugOf = (release: Release): Slug | undefined => {
  const app = useApp()
  const id = release.slug?.id
  return useQuery({ ...queries.slug(app.id, id ?? ''), enabled: id !== undefined }).data
}

const CodeOfBoth = ({ from, to }: Pair): ReactNode => {
  const app = useApp()
  const [before, after] = [useSlugOf(from), useSlugOf(to)]
  const isSame =
    from.slug?.id === to.slug?.id || (before !== undefined && before.checksum === after?.checksum)
  return (
    <Section title="Code">
      <div className="card grid gap-4 p-4 sm:grid-cols-2">
        {[from, to].map((release) => (
          <p key={release.id} className="min-w-0">
            <span className="block text-sm text-muted">v{release.version}</span>
            <Code appId={app.id} slugId={release.slug?.id} />
          </p>
        ))}
        <div className="sm:col-span-2">
          {isSame ? (
            <p className="text-muted">The very same slug.</p>
          ) : (
            <>
              <Digests before={before} after={after} />
              <Changes
                before={before?.process_types ?? {}}
                after={after?.process_types ?? {}}
                what="process types"
              />
            </>
          )}
        </div>
      </div>
    </Section>
  )
}

type Slugs = { before: Slug | undefined; after: Slug | undefined }

const Digests = ({ before, after }: Slugs): ReactNode =>
  before &&
  after && (
    <p className="text-sm text-muted">
      Slug <Mono title={before.checksum}>{shortDigest(before.checksum)}</Mono> became{' '}
      <Mono title={after.checksum}>{shortDigest(after.checksum)}</Mono>.
    </p>
  )

const ConfigOfBoth = ({ from, to }: Pair): ReactNode => {
  const app = useApp()
  const refusal = useRefusal(app.id, 'config')
  const isAllowed = refusal === undefined
  const before = useQuery({ ...queries.releaseConfig(app.id, from.version), enabled: isAllowed })
  const after = useQuery({ ...queries.releaseConfig(app.id, to.version), enabled: isAllowed })
  return (
    <Section title="Config vars">
      <div className="card p-4">
        {!isAllowed && <p className="text-muted">{refusal}</p>}
        <Problem error={before.error ?? after.error} />
        {isAllowed && !before.error && !after.error && !(before.data && after.data) && (
          <Loading what="config vars" lines={1} />
        )}
        {before.data && after.data && (
          <Changes before={before.data} after={after.data} what="config vars" />
        )}
      </div>
    </Section>
  )
}

type Values = Record<string, string>

const Changes = ({
  before,
  after,
  what,
}: {
  before: Values
  after: Values
  what: string
}): ReactNode => {
  const has = (values: Values, name: string): boolean => Object.hasOwn(values, name)
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .flatMap((name) => {
      if (!has(before, name)) return [{ name, change: 'added', look: 'text-good' }]
      if (!has(after, name)) return [{ name, change: 'removed', look: 'text-bad' }]
      return before[name] === after[name] ? [] : [{ name, change: 'changed', look: 'text-warn' }]
    })
  if (changes.length === 0) return <p className="text-muted">The same {what} in both.</p>
  return (
    <ul className="grid gap-1" aria-label={`Changes of ${what}`}>
      {changes.map(({ name, change, look }) => (
        <li key={name} className="flex gap-4">
          <span className={`w-20 shrink-0 text-sm ${look}`}>{change}</span>
          <span className="min-w-0 break-all">
            <Mono>{name}</Mono>
          </span>
        </li>
      ))}
    </ul>
  )
}
