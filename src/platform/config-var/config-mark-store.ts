import type { Db } from '#/foundation/db.ts'
import type { ConfigMark } from './config-mark.ts'

export const readConfigMarks = async (
  db: Db,
  appId: string,
): Promise<Record<string, ConfigMark>> => {
  const rows = await db
    .selectFrom('configVarMarks')
    .select(['key', 'mark'])
    .where('appId', '=', appId)
    .orderBy('key')
    .execute()
  return Object.fromEntries(rows.map(({ key, mark }) => [key, mark]))
}

/** null takes a mark away. */
export const writeConfigMark = async (
  tx: Db,
  appId: string,
  { key, mark }: { key: string; mark: ConfigMark | null },
): Promise<void> => {
  if (mark === null)
    await tx
      .deleteFrom('configVarMarks')
      .where('appId', '=', appId)
      .where('key', '=', key)
      .execute()
  else
    await tx
      .insertInto('configVarMarks')
      .values({ appId, key, mark })
      .onConflict((conflict) => conflict.columns(['appId', 'key']).doUpdateSet({ mark }))
      .execute()
}
