import { wordsOfStep } from '#/platform/deploy/deploy-step-table.ts'
import type { PromotionRecordJson } from './wire.ts'

/** A line for each target: how it went, and what undid it. */
export const formatOutcomes = ({ targets }: PromotionRecordJson): string =>
  targets
    .map(({ app, status, error_message: reason, rollback }) => {
      const undone = rollback?.release ? `; rolled back by v${rollback.release.version}` : ''
      const note = rollback?.note ? `; ${rollback.note}` : ''
      return `${app.name ?? app.id}: ${status}${reason ? ` (${reason})` : ''}${undone}${note}`
    })
    .join('\n')

/** All that is kept of a promotion. */
export const formatRecord = (record: PromotionRecordJson): string =>
  [
    `=== Promotion ${record.number}`,
    '',
    `id:        ${record.id}`,
    `by:        ${record.created_by.email}`,
    `at:        ${record.created_at}`,
    `settled:   ${record.settled_at ?? 'not yet'}`,
    `slug:      ${record.digest}`,
    ...(record.all_or_nothing ? ['mode:      all or nothing'] : []),
    ...(record.retry_of ? [`retry of:  ${record.retry_of.id}`] : []),
    ...record.targets.flatMap(targetLines),
  ].join('\n')

const targetLines = (target: PromotionRecordJson['targets'][number]): string[] => [
  '',
  `${target.app.name ?? target.app.id} v${target.release.version}: ${target.status}${target.error_message ? ` (${target.error_message})` : ''}`,
  `  ${label('before')}${target.previous_release ? `v${target.previous_release.version} ${target.digest_before ?? ''}` : 'no release'}`,
  ...target.approvals.map(({ email, at }) => `  ${label('approved')}${email} at ${at}`),
  ...(target.freeze_override ? [`  ${label('freeze')}overridden: ${target.freeze_override}`] : []),
  ...target.steps.map(
    ({ name, duration_ms: ms }) =>
      `  ${wordsOfStep(name)} (${ms === null ? 'under way' : `${ms} ms`})`,
  ),
  ...(target.evidence
    ? [
        `  ${label('router')}${target.evidence.served_by_old} by old, ${target.evidence.served_by_new} by new, ${target.evidence.failed} failed`,
      ]
    : []),
  ...(target.rollback
    ? [
        `  ${label('undone')}${target.rollback.release ? `by v${target.rollback.release.version}` : (target.rollback.note ?? '')}`,
      ]
    : []),
]

const label = (name: string): string => `${name}:`.padEnd(15)
