const NAMES = ['actor', 'resource', 'action', 'result', 'since', 'until'] as const

export type AuditFilter = { [Name in (typeof NAMES)[number]]?: string }

/** Of the page's address; what the API would refuse it says. */
export const auditFilterOf = (search: Record<string, unknown>): AuditFilter =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = search[name]
      return typeof value === 'string' && value !== '' ? [[name, value]] : []
    }),
  )
