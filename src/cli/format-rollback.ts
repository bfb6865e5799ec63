import type { RollbackPlanJson } from './wire.ts'

/** What a rollback will do, before it does. */
export const formatRollback = ({ from, to, code, config }: RollbackPlanJson): string =>
  [
    `${from ? `v${from.version}` : 'no release'} → v${to.version}`,
    ...(code ? [`Code      ${codeLine(code)}`] : ['Code      stays']),
    ...(config ? [`Config    ${configLine(config)}`] : ['Config    stays']),
  ].join('\n')

const codeLine = (code: NonNullable<RollbackPlanJson['code']>): string => {
  if (code.same) return 'the same'
  const name = code.to_commit?.slice(0, 8) ?? code.to_digest?.slice(0, 15) ?? 'none'
  const back = code.commits_back
  const distance = back ? `, ${back} commit${back === 1 ? '' : 's'} back` : ''
  return `to ${name}${distance}${code.kept ? '' : ' (its slug is no longer kept)'}`
}

const configLine = ({ added, removed, changed }: NonNullable<RollbackPlanJson['config']>): string =>
  [
    ...added.map((key) => `+ ${key}`),
    ...removed.map((key) => `- ${key}`),
    ...changed.map((key) => `~ ${key}`),
  ].join('   ') || 'the same'
