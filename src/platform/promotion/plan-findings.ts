import { STACKS } from '#/platform/app/app.ts'
import type { ConfigMark } from '#/platform/pipeline/config-mark.ts'
import { pathMatcher, type FindingLevel, type PathRule } from '#/platform/slug/path-rule.ts'
import type { SlugCheck } from './check-slug.ts'
import type { AppState, Differences } from './promotion-plan.ts'

/**
 * Something that the plan says of a target. Which findings block is for a stage's policy to say; `level` is what they
 * are by themselves. Codes are stable: `<topic>.<what>`.
 */
export type PlanFinding = {
  code: string
  level: FindingLevel
  message: string
  /** The config var, service, process type or rule that it is about. */
  subject: string | null
  /** Requests may fail while it happens. */
  downtime: boolean
}

/** What there is to judge a target by, besides the two apps themselves. */
export type Criteria = {
  marks: readonly ConfigMark[]
  pathRules: readonly PathRule[]
  /** Null for a source without code. */
  slugCheck: SlugCheck | null
  /** Config vars whose values at the source's build are in the slug and are not the target's. */
  bakedIn: readonly { key: string; count: number; files: string[] }[]
}

export const findingsOf = (
  source: AppState,
  differences: Differences,
  criteria: Criteria,
): PlanFinding[] => [
  ...codeFindings(source, differences),
  ...slugFindings(criteria),
  ...pathFindings(differences, criteria),
  ...configFindings(source, differences, criteria),
  ...bakedInFindings(source, differences, criteria),
  ...addOnFindings(source, differences),
  ...processFindings(source, differences),
  ...stackFindings(source, differences),
  ...otherFindings(source, differences),
]

type Extra = Partial<Pick<PlanFinding, 'subject' | 'downtime'>>

const finding = (
  level: FindingLevel,
  code: string,
  message: string,
  { subject = null, downtime = false }: Extra = {},
): PlanFinding => ({ code, level, message, subject, downtime })

const codeFindings = (source: AppState, { target, code, isSameDigest }: Differences) => [
  ...(isSameDigest
    ? [finding('info', 'slug.same', `${target.app.name} runs this very slug already`)]
    : []),
  ...(source.pendingRelease
    ? [
        finding(
          'warning',
          'source.deploying',
          `a newer release of ${source.app.name} is still on its way`,
        ),
      ]
    : []),
  ...(target.pendingRelease
    ? [
        finding(
          'info',
          'target.deploying',
          `v${target.pendingRelease.version} of ${target.app.name} is still on its way; the promotion comes after it`,
        ),
      ]
    : []),
  ...(code && code.behindBy > 0
    ? [
        finding(
          'warning',
          'code.behind',
          `${target.app.name} has ${count(code.behindBy, 'commit')} that ${source.app.name} has not`,
        ),
      ]
    : []),
]

const slugFindings = ({ slugCheck }: Criteria): PlanFinding[] => {
  if (slugCheck === null || slugCheck === 'verified') return []
  const state = slugCheck === 'missing' ? 'is not in the store any more' : 'is damaged on the disk'
  return [finding('blocking', `slug.${slugCheck}`, `the slug ${state}: build this commit again`)]
}

const pathFindings = ({ code }: Differences, { pathRules }: Criteria): PlanFinding[] => {
  const files = (code?.files ?? []).map((file) => file.split('/'))
  return pathRules.flatMap(({ name, paths, message, level, downtime }) => {
    const found = foundBy(paths, files)
    const [first] = found
    return first === undefined
      ? []
      : [
          finding(
            level,
            `paths.${name}`,
            `${message} (${count(found.length, 'file')} under ${first})`,
            { subject: name, downtime },
          ),
        ]
  })
}

/** Of each file that one of the patterns means, the pattern. */
const foundBy = (patterns: string[], files: string[][]): string[] => {
  const matchers = patterns.map((pattern) => ({ pattern, matches: pathMatcher(pattern) }))
  return files.flatMap((names) => matchers.find(({ matches }) => matches(names))?.pattern ?? [])
}

const configFindings = (
  source: AppState,
  { target, config }: Differences,
  { marks }: Criteria,
): PlanFinding[] => {
  if (!config) return []
  const marked = new Map(marks.map(({ key, mark }) => [key, mark]))
  const { name } = target.app
  return [
    ...config.missing.map((key) =>
      finding('blocking', 'config.missing', `${key} missing in ${name}`, { subject: key }),
    ),
    ...config.same
      .filter((key) => marked.get(key) === 'must-differ')
      .map((key) =>
        finding('blocking', 'config.must-differ', `${key} must differ and has the same value`, {
          subject: key,
        }),
      ),
    ...config.different
      .filter((key) => marked.get(key) === 'must-equal')
      .map((key) =>
        finding('blocking', 'config.must-equal', `${key} must be equal and differs`, {
          subject: key,
        }),
      ),
    ...config.same
      .filter((key) => !marked.has(key) && isSuspicious(key, source.config?.[key] ?? ''))
      .map((key) =>
        finding('warning', 'config.same', `${key} same value in both`, { subject: key }),
      ),
  ]
}

const OF_ONE_STAGE =
  /(^|_)(KEY|SECRET|TOKEN|PASS|PASSWORD|PASSPHRASE|PWD|DSN|URL|URI|CREDENTIALS?|AUTH|SALT|WEBHOOK|BUCKET|HOST)(_|$)/i
const SHORTEST = 8

/** By its name it is something that each stage has of its own, and its value is no mere switch. */
const isSuspicious = (key: string, value: string): boolean =>
  value.length >= SHORTEST && OF_ONE_STAGE.test(key)

const bakedInFindings = (
  source: AppState,
  { target, config }: Differences,
  { bakedIn }: Criteria,
): PlanFinding[] =>
  config === null
    ? []
    : bakedIn.map(({ key, count: number, files: [first = ''] }) =>
        finding(
          'warning',
          'baked-in.differs',
          `${key}: the value of ${source.app.name} found in ${count(number, 'file')} of the slug (${first}${number > 1 ? ', …' : ''}), ${target.app.name} has ${
            Object.hasOwn(target.config ?? {}, key) ? 'another' : 'none'
          }; to build this commit for it: sluice builds:create -a ${target.app.name} --from ${source.app.name}`,
          { subject: key },
        ),
      )

const addOnFindings = (source: AppState, { target, services }: Differences): PlanFinding[] =>
  services.missing.map((service) =>
    finding(
      'blocking',
      'add-ons.missing',
      `${service}: ${source.app.name} has one, ${target.app.name} has none`,
      { subject: service },
    ),
  )

const processFindings = (
  source: AppState,
  { target, processTypes }: Differences,
): PlanFinding[] => [
  ...processTypes.added.map((type) =>
    finding('info', 'processes.added', `+ ${type}`, { subject: type }),
  ),
  ...processTypes.removed.map((type) => {
    const running = target.formation[type]?.quantity ?? 0
    return running > 0
      ? finding('warning', 'processes.removed', `- ${type}, of which ${running} run`, {
          subject: type,
        })
      : finding('info', 'processes.removed', `- ${type}`, { subject: type })
  }),
  ...Object.entries(source.formation)
    .filter(([type, { quantity }]) => quantity > 0 && source.slug?.processTypes[type])
    .filter(([type]) => (target.formation[type]?.quantity ?? (type === 'web' ? 1 : 0)) === 0)
    .map(([type]) =>
      finding(
        'info',
        'formation.not-scaled',
        `${type} runs in ${source.app.name} and is not scaled in ${target.app.name}`,
        { subject: type },
      ),
    ),
]

const stackFindings = (source: AppState, { target }: Differences): PlanFinding[] => [
  ...(source.slug && !STACKS.some((stack) => stack === source.slug?.stack)
    ? [
        finding(
          'blocking',
          'stack.unsupported',
          `the slug is for the stack ${source.slug.stack}, which does not run here`,
        ),
      ]
    : []),
  ...(source.slug && target.slug && source.slug.stack !== target.slug.stack
    ? [
        finding(
          'warning',
          'stack.changes',
          `the stack changes from ${target.slug.stack} to ${source.slug.stack}`,
        ),
      ]
    : []),
]

const otherFindings = (source: AppState, { target }: Differences): PlanFinding[] => [
  ...(source.buildpacks.join(' ') !== target.buildpacks.join(' ')
    ? [
        finding(
          'info',
          'buildpacks.differ',
          `${target.app.name} would itself be built with ${target.buildpacks.join(', ') || 'what is detected'}`,
        ),
      ]
    : []),
  ...(source.domains.length > 0 && target.domains.length === 0
    ? [
        finding(
          'info',
          'domains.none',
          `${source.app.name} has domains of its own, ${target.app.name} has none`,
        ),
      ]
    : []),
]

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`
