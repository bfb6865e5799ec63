const FINDING_LEVELS = ['blocking', 'warning', 'info'] as const
export type FindingLevel = (typeof FINDING_LEVELS)[number]

/** What it means for a promotion that files of some paths change. */
export type PathRule = {
  /** In lower case; a rule of the same name replaces another, and one without paths switches it off. */
  name: string
  /** `*` is any part of one name, `**` any number of folders: as in `db/migrate/*`. */
  paths: string[]
  message: string
  level: FindingLevel
  /** Whether requests may fail while it happens. */
  downtime: boolean
}

const MOST_RULES = 50
const MOST_PATHS = 50
const LONGEST_PATH = 200
const LONGEST_MESSAGE = 200

/** @returns what is wrong with them, in words, if it is not a list of rules */
export const readPathRules = (value: unknown): PathRule[] | string => {
  if (!Array.isArray(value)) return 'The rules for paths are a list.'
  if (value.length > MOST_RULES) return `There are at most ${MOST_RULES} rules for paths.`
  const rules: PathRule[] = []
  for (const one of value as unknown[]) {
    const rule = readRule(one)
    if (typeof rule === 'string') return rule
    rules.push(rule)
  }
  if (new Set(rules.map(({ name }) => name)).size < rules.length)
    return 'Two rules for paths have the same name.'
  return rules
}

const readRule = (value: unknown): PathRule | string => {
  if (typeof value !== 'object' || value === null) return 'A rule for paths is an object.'
  const { name, paths, message, level = 'warning', downtime = false } = value as Partial<PathRule>
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,49}$/.test(name))
    return 'A rule for paths has a name of lowercase letters, digits and dashes.'
  const rule = { name, paths: paths ?? [], message: message ?? `${name} change`, level, downtime }
  const wrong = WRONG.find(([isWrong]) => isWrong({ ...rule, paths }))
  return wrong ? `The rule for paths ${name} ${wrong[1]}` : rule
}

/** What can be wrong with what claims to be a rule. */
const WRONG: [(rule: Record<keyof PathRule, unknown>) => boolean, string][] = [
  [
    ({ paths }) =>
      !Array.isArray(paths) || paths.length > MOST_PATHS || !(paths as unknown[]).every(isPattern),
    `has a list of at most ${MOST_PATHS} patterns, each at most ${LONGEST_PATH} characters.`,
  ],
  [
    ({ message }) => !isLine(message, LONGEST_MESSAGE),
    `has a message of one line, at most ${LONGEST_MESSAGE} characters.`,
  ],
  [
    ({ level }) => !(FINDING_LEVELS as readonly unknown[]).includes(level),
    `has a level: ${FINDING_LEVELS.join(', ')}.`,
  ],
  [({ downtime }) => typeof downtime !== 'boolean', 'says of downtime true or false.'],
]

const isPattern = (path: unknown): boolean => isLine(path, LONGEST_PATH)

const isLine = (text: unknown, most: number): text is string =>
  typeof text === 'string' && text !== '' && text.length <= most && !/\p{C}/u.test(text)

/** Later rules replace earlier ones of their name. */
export const mergePathRules = (...lists: (readonly PathRule[] | null)[]): PathRule[] => [
  ...new Map(lists.flatMap((list) => list ?? []).map((rule) => [rule.name, rule])).values(),
]

/** What tells whether a path, as git names it and parted at its slashes, is one that the pattern means. */
export const pathMatcher = (pattern: string): ((names: string[]) => boolean) => {
  const parts = pattern.split('/')
  const last = parts.at(-1) ?? ''
  return (names) =>
    (last === '**' || matchesName(last, names.at(-1) ?? '')) &&
    matches(parts, names, '**', matchesName)
}

const matchesName = (pattern: string, name: string): boolean =>
  pattern === name ||
  pattern === '*' ||
  (pattern.includes('*') && matches(pattern.split(''), name.split(''), '*', (a, b) => a === b))

/** Goes back to the last wildcard only, which is enough since it takes any number of items: no more than parts times items steps. */
const matches = (
  pattern: string[],
  items: string[],
  wildcard: string,
  isSame: (part: string, item: string) => boolean,
): boolean => {
  let part = 0
  let item = 0
  let lastWildcard = -1
  let tried = 0
  while (item < items.length)
    if (part < pattern.length && pattern[part] === wildcard) {
      lastWildcard = part
      tried = item
      part += 1
    } else if (part < pattern.length && isSame(pattern[part] ?? '', items[item] ?? '')) {
      part += 1
      item += 1
    } else if (lastWildcard >= 0) {
      tried += 1
      part = lastWildcard + 1
      item = tried
    } else return false
  return pattern.slice(part).every((rest) => rest === wildcard)
}
