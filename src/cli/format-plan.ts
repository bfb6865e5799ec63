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
  commits: { sha: string; subject: string; author: string }[] | null
  files_changed: number | null
  config: { missing: string[]; same: string[]; extra: string[] }
  add_ons: { missing: string[] }
  process_types: { added: string[]; removed: string[] }
  release_command: string | null
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
    [
      'Config',
      [
        ...target.config.missing.map((key) => `✗ ${key} missing in ${target.app.name}`),
        ...target.config.same.map((key) => `! ${key} same value in both`),
      ].join('   ') || 'no findings',
    ],
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
    ['Downtime', target.downtime ? 'expected' : 'none expected'],
  ]
  return [`${from} → ${to}`, ...lines.map(([name, text]) => `${name.padEnd(10)}${text}`)].join('\n')
}

const version = (release: PlannedRelease): string =>
  release ? `v${release.version}` : '(no release)'

const codeLines = ({ commits, files_changed: files }: PlannedTarget): [string, string][] => {
  if (commits === null) return []
  const summary = `${commits.length} commit${commits.length === 1 ? '' : 's'}${files === null ? '' : `, ${files} file${files === 1 ? '' : 's'}`}`
  return [
    ['Code', summary],
    ...commits
      .slice(0, 10)
      .map(({ sha, subject, author }): [string, string] => [
        '',
        `${sha.slice(0, 7)}  ${subject}  (${author})`,
      ]),
  ]
}

const processLines = ({ process_types: { added, removed } }: PlannedTarget): [string, string][] =>
  added.length + removed.length === 0
    ? []
    : [
        [
          'Processes',
          [...added.map((type) => `+ ${type}`), ...removed.map((type) => `- ${type}`)].join('   '),
        ],
      ]
