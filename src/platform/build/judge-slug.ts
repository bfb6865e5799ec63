import type { BuiltSlug } from '#/builder/slug-build.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import { hashOfValue } from '#/platform/slug/baked-in.ts'
import { readPathRules, type PathRule } from '#/platform/slug/path-rule.ts'
import type { BakedIn } from '#/platform/slug/slug.ts'
import type { BuildNeeds } from './build-runner.ts'
import type { BuildRun } from './make-slug.ts'

/** A built slug with what promotions want to know of it. Absent from what an older version of the platform has saved. */
export type JudgedSlug = Omit<BuiltSlug, 'foundValues' | 'appJson'> & {
  bakedIn?: BakedIn
  pathRules?: PathRule[] | null
}

/** Keeps hashes in place of values, and of the app.json the rules. What is wrong in there is told in the build's output. */
export const judgeSlug = async (
  { db, keyring }: Pick<BuildNeeds, 'db' | 'keyring'>,
  { build, output }: Pick<BuildRun, 'build' | 'output'>,
  { foundValues, appJson, ...slug }: BuiltSlug,
  configVars: Readonly<Record<string, string>>,
): Promise<JudgedSlug> => {
  const key = await getDataKey(db, keyring, build.appId)
  const pathRules = appJson === null ? null : pathRulesIn(appJson)
  if (typeof pathRules === 'string') output.write(` !     app.json is passed over: ${pathRules}\n`)
  return {
    ...slug,
    bakedIn: Object.fromEntries(
      Object.entries(foundValues).map(([name, { files, count }]) => [
        name,
        { hash: hashOfValue(key, configVars[name]), files, count },
      ]),
    ),
    pathRules: typeof pathRules === 'string' ? null : pathRules,
  }
}

const pathRulesIn = (appJson: string): PathRule[] | string | null => {
  let parsed
  try {
    parsed = JSON.parse(appJson) as { promotion?: { paths?: unknown } | null } | null
  } catch {
    return 'It is no JSON.'
  }
  const rules = parsed?.promotion?.paths
  return rules === undefined ? null : readPathRules(rules)
}
