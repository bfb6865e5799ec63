import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  getReleaseById,
  makeCurrent,
  markFailed,
  markSucceeded,
} from '#/platform/release/release-store.ts'
import { aTeam } from '../../../test/support/apps.ts'
import { aMailServer, sendWaitingMail, type ReceivedMail } from '../../../test/support/mail.ts'
import { anAppIn, aPipeline, type TestPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { settlePromotion } from './settle-promotion.ts'

const host = await aTestPlatform()
const { call, actor, platform } = host
const { db } = platform
const server = await aMailServer()
platform.mail = server.settings

type Ref = { id: string }
type As = { token?: string }

/** What the server has been given since it was looked at last. */
const mailsNow = async (): Promise<ReceivedMail[]> => {
  await sendWaitingMail(host)
  return server.mails.splice(0)
}

/** The subject as people read it. */
const subjectOf = ({ raw }: ReceivedMail): string => {
  const [, folded = ''] = /^Subject: ((?:.|\r\n[ \t])*)/m.exec(raw) ?? []
  return folded.replaceAll(/\r\n[ \t]/g, ' ')
}

const promote = async (pipeline: TestPipeline, targets: Ref[], as: As = {}): Promise<Ref> => {
  const body = {
    pipeline: { id: pipeline.id },
    source: { app: { id: pipeline.staging.id } },
    targets: targets.map(({ id }) => ({ app: { id } })),
  }
  const answer = await call('POST', '/pipeline-promotions', body, as)
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json()
}
const releaseOf = async (promotion: Ref, app: Ref): Promise<string> => {
  const { targets } = (await call('GET', `/pipeline-promotions/${promotion.id}`)).json()
  return targets.find((one: { app: Ref }) => one.app.id === app.id).release.id
}
const succeed = async (promotion: Ref, app: Ref): Promise<void> => {
  const id = await releaseOf(promotion, app)
  await makeCurrent(db, actor, await getReleaseById(db, actor, id))
  await markSucceeded(db, actor, id)
}
const settle = (promotion: Ref) => settlePromotion(platform, { promotionId: promotion.id })

test('whoever promotes hears by mail of the end, once, and nobody else does', async () => {
  const team = await aTeam(host, ['admin', 'member'])
  const { admin } = team.people
  const pipeline = await aPipeline(host, { team: team.name })
  const promotion = await promote(pipeline, [pipeline.production], admin)
  await settle(promotion)
  assert.deepEqual(await mailsNow(), [])
  await succeed(promotion, pipeline.production)
  await Promise.all([settle(promotion), settle(promotion)])
  await settle(promotion)
  const mails = await mailsNow()
  assert.deepEqual(
    mails.map(({ to }) => to),
    [[admin.email]],
  )
  const [mail] = mails
  assert.ok(mail)
  const { staging, production } = pipeline
  assert.ok(subjectOf(mail).startsWith(`${staging.name} v2 was promoted to ${production.name}`))
  assert.match(mail.raw, new RegExp(`${production.name} v\\d+: succeeded`))
})

test('a mail about a promotion that failed says where and why', async () => {
  const team = await aTeam(host, ['admin'])
  const { admin } = team.people
  const pipeline = await aPipeline(host, { team: team.name })
  const second = await anAppIn(host, pipeline, 'production', { team: team.name })
  const promotion = await promote(pipeline, [pipeline.production, second], admin)
  await succeed(promotion, pipeline.production)
  await markFailed(db, actor, await releaseOf(promotion, second), 'no Bcc: eve@example.com here')
  await settle(promotion)
  const [mail, ...others] = await mailsNow()
  assert.deepEqual(others, [])
  assert.ok(mail)
  assert.deepEqual(mail.to, [admin.email])
  assert.match(subjectOf(mail), /was not promoted everywhere to/)
  const text = mail.raw.replaceAll('=\r\n', '')
  assert.match(text, new RegExp(`${second.name} v\\d+: failed \\(no Bcc: eve@example.com here\\)`))
  assert.match(text, new RegExp(`${pipeline.production.name} v\\d+: succeeded`))
})

test('approval is asked by mail of those who may give it, not of who asks, and once', async () => {
  const team = await aTeam(host, ['admin', 'member', 'viewer'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(host, { team: team.name })
  const policy = `/pipelines/${pipeline.id}/stages/production/policy`
  assert.equal((await call('PATCH', policy, { approvals: 1 })).statusCode, 200)
  const body = { source: { app: pipeline.staging.id }, targets: [{ app: pipeline.production.id }] }
  const ask = async (): Promise<void> => {
    const answer = await call('POST', `/pipelines/${pipeline.id}/approvals`, body, member)
    assert.equal(answer.statusCode, 201, answer.body)
  }
  await ask()
  await ask()
  const mails = await mailsNow()
  const receivers = mails.flatMap(({ to }) => to)
  assert.ok(receivers.includes(admin.email))
  assert.ok(!receivers.includes(member.email))
  assert.equal(new Set(receivers).size, receivers.length)
  const mail = mails.find(({ to }) => to.includes(admin.email))
  assert.ok(mail)
  assert.match(subjectOf(mail), /asks for approval: .* v2 to /)
  assert.match(mail.raw.replaceAll('=\r\n', ''), /sluice pipelines:approve [0-9a-f-]{36} -p /)
  assert.ok(!receivers.includes(team.people.viewer.email), 'a viewer cannot approve')
})
