import { formatPolicy, type PolicyStateJson } from './format-policy.ts'

/** What `POST /pipelines/:id/promotion-plans` answers. */
export type PlanJson = {
  source: { app: { name: string }; stage: { name: string }; release: PlannedRelease }
  checks: { message: string }[]
  targets: PlannedTarget[]
}
export type PlannedRelease = {
  version: number
  commit: string | null
  digest: string | null
} | null
/** Keys only. */
export type ConfigJson = {
  missing: string[]
  same: string[]
  extra: string[]
  different: string[]
}
type FindingJson = {
  code: string
  level: 'blocking' | 'warning' | 'info'
  message: string
  subject: string | null
  downtime: boolean
}
type PlannedTarget = {
  app: { name: string }
  release: PlannedRelease
  same_digest: boolean
  /** Null where the platform has not got the commits. */
  code: { ahead_by: number; files_changed: number; authors: number } | null
  /** Null for those who may not see config vars. */
  config: ConfigJson | null
  release_command: string | null
  findings: FindingJson[]
  policy?: PolicyStateJson | null
  downtime: boolean
}

/** The plan as a table of findings, one block per target. A fact that is not known has no line. */
export const formatPlan = ({ targets, ...plan }: PlanJson): string =>
  targets.map((target) => formatTarget(plan, target)).join('\n\n')

type Line = [name: string, parts: string[]]

const formatTarget = (
  { source, checks }: Omit<PlanJson, 'targets'>,
  target: PlannedTarget,
): string => {
  const about = (...topics: string[]): string[] =>
    target.findings.filter((finding) => topics.includes(topicOf(finding))).map(formatFinding)
  const lines: Line[] = [
    ['Code', [...codeFacts(target), ...about('code', 'source')]],
    ['Steps', [stepOf(target), ...about('paths')]],
    ['Config', configFacts(target, about('config'))],
    ['Baked in', about('baked-in')],
    ['Add-ons', about('add-ons')],
    ['Processes', about('processes', 'formation')],
    ['Other', otherTopics(target).flatMap((topic) => about(topic))],
    ['Checks', [...checks.map(({ message }) => `✓ ${message}`), ...about('slug')]],
    ['Policy', policyFacts(target)],
    ['Downtime', [downtimeOf(target)]],
  ]
  return [
    `${source.app.name} ${version(source.release)} → ${target.app.name} ${version(target.release)}${slugOf(source)}`,
    ...lines
      .filter(([, parts]) => parts.length > 0)
      .map(([name, parts]) => `${name.padEnd(10)}${parts.join('   ')}`),
  ].join('\n')
}

const SIGNS = { blocking: '✗', warning: '!', info: '·' }

const formatFinding = ({ level, message }: FindingJson): string => `${SIGNS[level]} ${message}`

const topicOf = ({ code }: FindingJson): string => code.split('.')[0] ?? ''

const OWN_LINES = [
  ...['code', 'source', 'slug', 'paths', 'config', 'baked-in', 'add-ons', 'processes'],
  'formation',
]

/** Topics that came after this was written have a line too. */
const otherTopics = ({ findings }: PlannedTarget): string[] => [
  ...new Set(findings.map(topicOf).filter((topic) => !OWN_LINES.includes(topic))),
]

const policyFacts = ({ policy }: PlannedTarget): string[] => {
  const text = formatPolicy(policy)
  return text === '' ? [] : [text]
}

const version = (release: PlannedRelease): string =>
  release ? `v${release.version}` : '(no release)'

const slugOf = ({ release, stage }: PlanJson['source']): string =>
  release?.digest
    ? `   slug ${release.digest.slice(0, 'sha256:'.length + 12)}… (unchanged since ${stage.name})`
    : ''

const codeFacts = ({ app, code, release }: PlannedTarget): string[] => {
  if (code === null) return release?.digest ? [] : [`the first of ${app.name}`]
  const authors = code.authors > 0 ? `, by ${count(code.authors, 'author')}` : ''
  const facts = `${count(code.ahead_by, 'commit')}, ${count(code.files_changed, 'file')}${authors}`
  return code.ahead_by > 0 ? [facts, '(sluice pipelines:diff for the list)'] : [facts]
}

const stepOf = ({ release_command: command }: PlannedTarget): string =>
  command === null ? 'no release phase' : `release phase: ${command}`

const configFacts = ({ config, findings }: PlannedTarget, found: string[]): string[] => {
  if (config === null) return []
  const told = new Set(
    findings.filter((one) => topicOf(one) === 'config').map((one) => one.subject),
  )
  const fine = [...config.same, ...config.different].filter((key) => !told.has(key)).length
  return [...found, ...(fine > 0 || found.length === 0 ? [`${count(fine, 'key')} fine`] : [])]
}

const downtimeOf = ({ downtime, findings }: PlannedTarget): string =>
  downtime
    ? `expected: ${findings
        .filter((finding) => finding.downtime)
        .map(({ message }) => message)
        .join(', ')}`
    : 'none expected'

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`
