const MOST_PATHS = 100

/** Every way from an app of the first stage to one of the last, stage by stage: several apps in a stage are several ways. */
export const pathsThrough = (apps: { name: string; position: number }[]): string[][] => {
  const positions = [...new Set(apps.map(({ position }) => position))].sort((a, b) => a - b)
  const stages = positions.map((position) =>
    apps.filter((app) => app.position === position).map(({ name }) => name),
  )
  return stages.reduce<string[][]>(
    (paths, names) =>
      paths.flatMap((path) => names.map((name) => [...path, name])).slice(0, MOST_PATHS),
    stages.length === 0 ? [] : [[]],
  )
}
