export type App = {
  id: string
  name: string
  teamId: string
  createdBy: string | null
  stack: string
  buildStack: string
  maintenance: boolean
  /** Members of its team have only what they were granted on it. */
  locked: boolean
  configSnapshotId: string | null
  releasedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** Heroku's rule for a name, in words for whoever breaks it. */
const NAME_PATTERN = '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'
export const NAME_RULE =
  'Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes, 3 to 30 characters in all.'

export const isValidName = (name: string): boolean => new RegExp(NAME_PATTERN).test(name)

export const STACKS = ['heroku-22', 'heroku-24', 'heroku-26'] as const
export const DEFAULT_STACK = 'heroku-24'
