/**
 * The path that an app.json names for the health of its web dynos, in Dokku's words, since Heroku has none:
 * `{"healthchecks": {"web": [{"type": "startup", "path": "/health"}]}}`. The first startup check with a path counts.
 * Null if it names none; a sentence if what it names cannot be one.
 */
export const readHealthPath = (appJson: unknown): { path: string | null } | string => {
  const checks = valueOf(valueOf(appJson, 'healthchecks'), 'web')
  if (checks === undefined) return { path: null }
  if (!Array.isArray(checks)) return 'healthchecks.web must be a list.'
  const isStartup = (check: unknown): boolean =>
    ['startup', undefined].includes(valueOf(check, 'type') as string | undefined)
  const path: unknown = checks
    .filter(isStartup)
    .map((check: unknown) => valueOf(check, 'path'))
    .find((one) => one !== undefined)
  if (path === undefined) return { path: null }
  return typeof path === 'string' && PATH.test(path)
    ? { path }
    : 'The path of a health check must begin with / and hold nothing but the characters of a URL.'
}

/** What may stand in a request line, at most so much of it. */
const PATH = /^\/[!-~]{0,1023}$/

const valueOf = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, key)
    ? (of as Record<string, unknown>)[key]
    : undefined
