export const MOST_STAGES = 50

export const STAGE_NAME_RULE =
  'Name must start and end with a lowercase letter or digit and can only contain lowercase letters, digits, and dashes, 30 characters at most.'

export const isValidStageName = (name: string): boolean =>
  /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)

/** The list with `item` in that place, or at its end if there is no such place. */
export const placed = <T>(list: readonly T[], item: T, position: number): T[] =>
  list.toSpliced(position, 0, item)
