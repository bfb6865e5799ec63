/** `22.11.0` as numbers; undefined for whatever is no plain release. */
export const parseVersion = (text: string): [number, number, number] | undefined => {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

export const compareVersions = (one: string, other: string): number => {
  const a = parseVersion(one) ?? [0, 0, 0]
  const b = parseVersion(other) ?? [0, 0, 0]
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

export const newestVersion = (versions: readonly string[]): string | undefined =>
  versions
    .filter((version) => parseVersion(version) !== undefined)
    .toSorted(compareVersions)
    .at(-1)

/** The newest npm that runs on a Node, by what each npm's package.json says in `engines`. */
export const newestNpmFor = (nodeVersion: string): number => {
  const [major, minor] = parseVersion(nodeVersion) ?? [0, 0]
  const isAtLeast = (lowest: number): boolean => major + minor / 100 >= lowest
  if (isAtLeast(22.09) || (major === 20 && minor >= 17)) return 11
  if (isAtLeast(20.05) || (major === 18 && minor >= 17)) return 10
  if (isAtLeast(14.17)) return 9
  return 6
}
