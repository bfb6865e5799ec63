import type { Db } from '#/foundation/db.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { announce } from '#/platform/webhook/announce.ts'
import { listWebhooks } from '#/platform/webhook/webhook-store.ts'
import { findEmailOf, getSourceName, listTargetRecords } from './promotion-store.ts'
import type { Promotion, TargetRecord } from './promotion.ts'

const WORDS = {
  'promotion.created': 'is being promoted to',
  'promotion.succeeded': 'was promoted to',
  'promotion.failed': 'was not promoted everywhere to',
} as const

const ANNOUNCER = systemActor('promotion')

/** Tells what became of a promotion; whoever asked for it hears of its end by mail. */
export const announcePromotion = async (
  needs: { db: Db } & Pick<Platform, 'keyring' | 'mail'>,
  promotion: Promotion,
  event: keyof typeof WORDS,
): Promise<void> => {
  const isEnd = event !== 'promotion.created'
  if (!isEnd && (await listWebhooks(needs.db, promotion.pipelineId)).length === 0) return // nobody hears of it
  const source = await getSourceName(needs.db, promotion)
  const targets = await listTargetRecords(needs.db, ANNOUNCER, promotion.id)
  const names = targets.map(({ appName }) => appName).join(', ')
  const email = await findEmailOf(needs.db, promotion.createdBy)
  await announce(needs, {
    pipelineId: promotion.pipelineId,
    event,
    text: `${source} ${WORDS[event]} ${names} (${promotion.createdByName})`,
    data: {
      promotion: { id: promotion.id, digest: promotion.digest, source: { app: { name: source } } },
      targets: targets.map(describe),
    },
    details: targets.map(lineOf).join('\n'),
    mailTo: isEnd && email !== undefined ? [email] : [],
  })
}

const describe = (target: TargetRecord) => ({
  app: { id: target.appId, name: target.appName },
  release: { version: target.version },
  status: target.status,
  error_message: target.errorMessage,
  rolled_back: target.rollbackVersion !== null,
})

const lineOf = ({
  appName,
  version,
  status,
  errorMessage,
  rollbackVersion,
}: TargetRecord): string =>
  `${appName} v${version}: ${status}${errorMessage ? ` (${errorMessage})` : ''}${rollbackVersion === null ? '' : `, rolled back by v${rollbackVersion}`}`
