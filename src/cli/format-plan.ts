import { formatPolicy, type PolicyStateJson } from './format-policy.ts'

/** What `POST /pipelines/:id/promotion-plans` answers. */
export type PlanJson = {
  source: { app: { name: string }; release: PlannedRelease }
  targets: PlannedTarget[]
}
type PlannedRelease = { version: number; commit: string | null; digest: string | null } | null
type PlannedTarget = {
  app: { name: string }
  release: PlannedRelease
  same_digest: boolean
  /** Null where the platform has not got the commits. */
  code: {
    ahead_by: number
    behind_by: number
    /** The newest ones. */
    commits: { sha: string; subject: string; author: { name: string } }[]
    files_changed: number
  } | null
  /** Null for those who may not see config vars. */
  config: { missing: string[]; same: string[]; extra: string[]; different: string[] } | null
  add_ons: { missing: string[] }
  process_types: { added: string[]; removed: string[] }
  release_command: string | null
  policy?: PolicyStateJson | null
  downtime: boolean
}

/** The plan as a table of findings, one block per target. A fact that is not known has no line. */
export const formatPlan = ({ source, targets }: PlanJson): string =>
  targets.map((target) => formatTarget(source, target)).join('\n\n')

const formatTarget = (source: PlanJson['source'], target: PlannedTarget): string => {
  const from = `${source.app.name} ${version(source.release)}`
  const to = `${target.app.name} ${version(target.release)}`
  const lines: [string, string][] = [
    [
      'Slug',
      target.same_digest
        ? `${source.release?.digest ?? ''} (the target runs it already)`
        : (source.release?.digest ?? 'none'),
    ],
    ...codeLines(target),
    [
      'Steps',
      target.release_command === null
        ? 'no release phase'
        : `release phase: ${target.release_command}`,
    ],
    ...configLines(target),
    ...(target.add_ons.missing.length > 0
      ? [
          [
            'Add-ons',
            target.add_ons.missing
              .map((service) => `✗ ${target.app.name} has no ${service}`)
              .join('   '),
          ] as [string, string],
        ]
      : []),
    ...processLines(target),
    ...policyLines(target),
    ['Downtime', target.downtime ? 'expected' : 'none expected'],
  ]
  return [`${from} → ${to}`, ...lines.map(([name, text]) => `${name.padEnd(10)}${text}`)].join('\n')
}

const policyLines = ({ policy }: PlannedTarget): [string, string][] => {
  const text = formatPolicy(policy)
  return text === '' ? [] : [['Policy', text]]
}

const version = (release: PlannedRelease): string =>
  release ? `v${release.version}` : '(no release)'

const SHOWN_COMMITS = 10

const codeLines = ({ code }: PlannedTarget): [string, string][] => {
  if (code === null) return []
  const behind =
    code.behind_by === 0 ? '' : `, without ${count(code.behind_by, 'commit')} of the target`
  const shown = code.commits.slice(0, SHOWN_COMMITS)
  const rest = code.ahead_by - shown.length
  return [
    ['Code', `${count(code.ahead_by, 'commit')}, ${count(code.files_changed, 'file')}${behind}`],
    ...shown.map(({ sha, subject, author }): [string, string] => [
      '',
      `${sha.slice(0, 7)}  ${subject}  (${author.name})`,
    ]),
    ...(rest > 0 ? [['', `and ${rest} more`] as [string, string]] : []),
  ]
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`

const configLines = ({ app, config }: PlannedTarget): [string, string][] =>
  config === null
    ? []
    : [
        [
          'Config',
          [
            ...config.missing.map((key) => `✗ ${key} missing in ${app.name}`),
            ...config.same.map((key) => `! ${key} same value in both`),
          ].join('   ') || 'no findings',
        ],
      ]

const processLines = ({ process_types: { added, removed } }: PlannedTarget): [string, string][] =>
  added.length + removed.length === 0
    ? []
    : [
        [
          'Processes',
          [...added.map((type) => `+ ${type}`), ...removed.map((type) => `- ${type}`)].join('   '),
        ],
      ]
