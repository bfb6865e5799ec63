import type { BuiltSlug } from '#/builder/slug-build.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import { hashOfValue } from '#/platform/slug/baked-in.ts'
import { readHealthPath } from '#/platform/slug/health-path.ts'
import { readPathRules, type PathRule } from '#/platform/slug/path-rule.ts'
import type { BakedIn } from '#/platform/slug/slug.ts'
import type { BuildNeeds } from './build-runner.ts'
import type { BuildRun } from './make-slug.ts'

/** A built slug with what promotions want to know of it. Absent from what an older version of the platform has saved. */
export type JudgedSlug = Omit<BuiltSlug, 'foundValues' | 'appJson'> & {
  bakedIn?: BakedIn
  pathRules?: PathRule[] | null
  healthPath?: string | null
}

/** Keeps hashes in place of values, and of the app.json what the platform goes by. What is wrong in there is told in the build's output. */
export const judgeSlug = async (
  { db, keyring }: Pick<BuildNeeds, 'db' | 'keyring'>,
  { build, output }: Pick<BuildRun, 'build' | 'output'>,
  { foundValues, appJson, ...slug }: BuiltSlug,
  configVars: Readonly<Record<string, string>>,
): Promise<JudgedSlug> => {
  const key = await getDataKey(db, keyring, build.appId)
  const passOver = (why: string): null => {
    output.write(` !     app.json is passed over: ${why}\n`)
    return null
  }
  return {
    ...slug,
    bakedIn: Object.fromEntries(
      Object.entries(foundValues).map(([name, { files, count }]) => [
        name,
        { hash: hashOfValue(key, configVars[name]), files, count },
      ]),
    ),
    ...readAppJson(appJson, passOver),
  }
}

const readAppJson = (
  appJson: string | null,
  passOver: (why: string) => null,
): Pick<JudgedSlug, 'pathRules' | 'healthPath'> => {
  if (appJson === null) return { pathRules: null, healthPath: null }
  let parsed
  try {
    parsed = JSON.parse(appJson) as { promotion?: { paths?: unknown } | null } | null
  } catch {
    passOver('It is no JSON.')
    return { pathRules: null, healthPath: null }
  }
  const paths = parsed?.promotion?.paths
  const rules = paths === undefined ? null : readPathRules(paths)
  const health = readHealthPath(parsed)
  return {
    pathRules: typeof rules === 'string' ? passOver(rules) : rules,
    healthPath: typeof health === 'string' ? passOver(health) : health.path,
  }
}
