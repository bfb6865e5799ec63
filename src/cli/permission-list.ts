/** Of `deploy,operate`; `view` is always part of it. */
export const permissionsOf = (list: string): string[] =>
  [
    ...new Set([
      ...list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
      'view',
    ]),
  ].toSorted()
