import type { ConfigJson, PlannedRelease } from './format-plan.ts'

/** What `GET /pipelines/:id/diff` answers. */
export type DiffJson = { source: DiffedApp; targets: DiffedTarget[] }
type DiffedApp = {
  app: { name: string }
  release: PlannedRelease
  formation: Record<string, { quantity: number; size: string }>
  buildpacks: string[]
  build_stack: string
  domains: string[]
}
export type CommitJson = { sha: string; date: string; subject: string; author: { name: string } }
type DiffedTarget = DiffedApp & {
  same_digest: boolean
  code: {
    ahead_by: number
    behind_by: number
    commits: CommitJson[]
    files: string[]
    files_changed: number
  } | null
  config: ConfigJson | null
  add_ons: { missing: string[]; extra: string[] }
}

/** One block for each app that the source is compared to; what is the same on both sides has no line. */
export const formatDiff = ({ source, targets }: DiffJson): string =>
  targets.map((target) => formatTarget(source, target)).join('\n\n')

/** `a1b2c3d  2026-01-31  Sell more  (Ada)`, as `pipeline:diff` has always had it. */
export const formatCommit = ({ sha, date, subject, author }: CommitJson): string =>
  `  ${sha.slice(0, 7)}  ${date.slice(0, 10)}  ${subject}  (${author.name})`

export const plural = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`

const formatTarget = (source: DiffedApp, target: DiffedTarget): string =>
  [
    `=== ${source.app.name} ${versionOf(source)} and ${target.app.name} ${versionOf(target)}`,
    ...codeLines(source, target),
    ...configLines(target),
    ...listLines('Add-ons', [
      ...target.add_ons.missing.map((name) => `- ${name}`),
      ...target.add_ons.extra.map((name) => `+ ${name}`),
    ]),
    ...listLines('Formation', formationLines(source, target)),
    ...pairLines('Buildpacks', namesOf(source.buildpacks), namesOf(target.buildpacks)),
    ...pairLines('Stack', source.build_stack, target.build_stack),
    ...pairLines('Domains', source.domains.join(', '), target.domains.join(', ')),
  ].join('\n')

const versionOf = ({ release }: DiffedApp): string =>
  release ? `v${release.version}` : '(no release)'

const namesOf = (buildpacks: string[]): string => buildpacks.join(', ') || '(detected)'

const SHOWN_FILES = 20

const codeLines = ({ app }: DiffedApp, { app: other, code, same_digest }: DiffedTarget) => {
  if (same_digest) return ['Code: the same slug']
  if (!code) return ['Code: the commits cannot be compared here']
  const more = code.files_changed - SHOWN_FILES
  return [
    `Code: ${app.name} ahead of ${other.name} by ${plural(code.ahead_by, 'commit')}${
      code.behind_by === 0 ? '' : `, behind by ${plural(code.behind_by, 'commit')}`
    }`,
    ...code.commits.map(formatCommit),
    ...(code.ahead_by > code.commits.length
      ? [`  and ${code.ahead_by - code.commits.length} more`]
      : []),
    `Files: ${code.files_changed}`,
    ...code.files.slice(0, SHOWN_FILES).map((file) => `  ${printable(file)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

/** Whoever commits chooses the names of files. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '?')

const configLines = ({ config, app }: DiffedTarget): string[] =>
  config === null
    ? []
    : listLines('Config', [
        ...config.missing.map((key) => `- ${key} (missing in ${app.name})`),
        ...config.extra.map((key) => `+ ${key} (only in ${app.name})`),
        ...config.different.map((key) => `~ ${key} (another value)`),
        ...config.same.map((key) => `= ${key} (the same value)`),
      ])

const formationLines = (source: DiffedApp, target: DiffedTarget): string[] =>
  [...new Set([...Object.keys(source.formation), ...Object.keys(target.formation)])]
    .sort()
    .map((type) => [type, sizeOf(source, type), sizeOf(target, type)] as const)
    .filter(([, here, there]) => here !== there)
    .map(([type, here, there]) => `~ ${type}: ${here} / ${there}`)

const sizeOf = ({ formation }: DiffedApp, type: string): string => {
  const wanted = formation[type]
  return wanted ? `${wanted.quantity} × ${wanted.size}` : 'none'
}

const listLines = (name: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [`${name}:`, ...lines.map((line) => `  ${line}`)]

const pairLines = (name: string, here: string, there: string): string[] =>
  here === there ? [] : [`${name}: ${here || '(none)'} / ${there || '(none)'}`]
