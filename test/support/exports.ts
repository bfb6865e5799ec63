/** What `export NAME=value` lines, as `sluice env` prints them, set. */
export const parseExports = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .map((line) => /^export ([A-Z0-9_]+)=(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, name = '', value = '']) => [name, value.replace(/^'(.*)'$/, '$1')]),
  )
