import { Flags } from '@oclif/core'
import { ApiCommand, dataDirFlag } from '#/cli/api-command.ts'
import { formatTable, formatTime } from '#/cli/table.ts'
import type { EventJson } from '#/cli/wire.ts'

const only = ['team', 'app', 'pipeline', 'all']
const exceptFor = (name: string): string[] => only.filter((other) => other !== name)

export class AuditList extends ApiCommand {
  static override summary = 'show who changed what, and who tried to'
  static override description =
    "Without a team, app or pipeline: what you did, and what concerns your account. --csv and --json print everything that the filters let through, oldest first; else it is the newest. A team's log is for its owners and admins."
  static override examples = [
    '$ sluice audit -a shop',
    '$ sluice audit -t ops --actor ada@example.com --since 2026-01-01 --csv > audit.csv',
    '$ sluice audit -t ops --result refused',
  ]
  static override flags = {
    team: Flags.string({ char: 't', description: 'of this team', exclusive: exceptFor('team') }),
    app: Flags.string({ char: 'a', description: 'of this app', exclusive: exceptFor('app') }),
    pipeline: Flags.string({
      char: 'p',
      description: 'of this pipeline',
      exclusive: exceptFor('pipeline'),
    }),
    all: Flags.boolean({
      description: 'of the whole platform, for its operator',
      exclusive: exceptFor('all'),
    }),
    actor: Flags.string({ description: 'by this e-mail address or account id' }),
    resource: Flags.string({ description: 'on this kind of thing, such as config-var' }),
    action: Flags.string({ options: ['create', 'update', 'destroy'], description: 'of this kind' }),
    result: Flags.string({
      options: ['success', 'refused', 'failed'],
      description: 'that ended so',
    }),
    since: Flags.string({ description: 'from this day or moment on, such as 2026-01-31' }),
    until: Flags.string({ description: 'before this day or moment' }),
    num: Flags.integer({ char: 'n', default: 50, min: 1, max: 1000, description: 'how many' }),
    json: Flags.boolean({ description: 'print JSON, an event a line', exclusive: ['csv'] }),
    csv: Flags.boolean({ description: 'print CSV' }),
    'data-dir': dataDirFlag,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(AuditList)
    const api = await this.api(flags)
    const filter = new URLSearchParams()
    for (const name of ['actor', 'resource', 'action', 'result', 'since', 'until'] as const)
      if (flags[name] !== undefined) filter.set(name, flags[name])
    const path = `${logOf(flags)}?${filter.toString()}`
    if (flags.csv || flags.json) {
      const type = flags.csv ? 'text/csv' : 'application/x-ndjson'
      for await (const text of api.download(path, type)) await write(text)
      return
    }
    const range = `id ..; max=${flags.num}, order=desc`
    const events = await api.get<EventJson[]>(path, { range })
    this.print(formatTable(['When', 'Who', 'What', 'From', 'To'], events.map(row)))
  }
}

type Of = {
  team?: string | undefined
  app?: string | undefined
  pipeline?: string | undefined
  all?: boolean | undefined
}

const logOf = ({ team, app, pipeline, all }: Of): string => {
  if (team !== undefined) return `/teams/${encodeURIComponent(team)}/events`
  if (app !== undefined) return `/apps/${encodeURIComponent(app)}/events`
  if (pipeline !== undefined) return `/pipelines/${encodeURIComponent(pipeline)}/events`
  return all ? '/events' : '/account/events'
}

const row = (event: EventJson): string[] => [
  formatTime(event.created_at),
  harmless(event.actor.email),
  `${event.result === 'success' ? '' : `${event.result.toUpperCase()}: `}${event.action} ${harmless(event.resource)}`,
  shorten(event.before),
  shorten(event.after),
]

const MOST = 60
const shorten = (value: unknown): string => {
  const text = value === null ? '' : harmless(JSON.stringify(value))
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text
}

/** A terminal obeys such characters. */
const harmless = (text: string): string => text.replaceAll(/\p{Cc}|\p{Cf}/gu, '\uFFFD')

/** Waits while the reader of our output is slower than the platform. */
const write = (text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
  )
