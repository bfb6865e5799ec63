import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  getReleaseById,
  makeCurrent,
  markFailed,
  markSucceeded,
} from '#/platform/release/release-store.ts'
import { aTeam } from '../../../test/support/apps.ts'
import { aMailServer, sendWaitingMail } from '../../../test/support/mail.ts'
import { aPipeline, type TestPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { settlePromotion } from './settle-promotion.ts'

const testPlatform = await aTestPlatform()
const { platform, actor, call } = testPlatform
const { db } = platform
const server = await aMailServer()
platform.mail = server.settings

type As = { token?: string }
type RecordJson = { id: string; targets: { release: { id: string } }[] }

const promote = async (pipeline: TestPipeline, as: As): Promise<RecordJson> => {
  const body = {
    pipeline: { id: pipeline.id },
    source: { app: { id: pipeline.staging.id } },
    targets: [{ app: { id: pipeline.production.id } }],
  }
  const made = await call('POST', '/pipeline-promotions', body, as)
  assert.equal(made.statusCode, 201, made.body)
  return (await call('GET', `/pipeline-promotions/${made.json().id}`)).json()
}

/** What the SMTP server has taken once all that waited was sent. */
const mailsOf = async () => {
  await sendWaitingMail(testPlatform)
  return server.mails.splice(0).map(({ to, raw }) => ({ to, raw: raw.replaceAll('=\r\n', '') }))
}

test('whoever promoted hears by mail of the end of it, once, and of its start not at all', async () => {
  const team = await aTeam(testPlatform, ['admin'])
  const { admin } = team.people
  const pipeline = await aPipeline(testPlatform, { team: team.name })
  const { id, targets } = await promote(pipeline, admin)
  assert.deepEqual(await mailsOf(), [])
  const releaseId = targets[0]?.release.id ?? ''
  await makeCurrent(db, actor, await getReleaseById(db, actor, releaseId))
  await markSucceeded(db, actor, releaseId)
  await settlePromotion(platform, { promotionId: id })
  await settlePromotion(platform, { promotionId: id })
  const [mail, ...others] = await mailsOf()
  assert.deepEqual(others, [])
  assert.deepEqual(mail?.to, [admin.email])
  assert.match(mail?.raw ?? '', /was promoted to/)
  assert.match(mail?.raw ?? '', new RegExp(`${pipeline.production.name} v\\d+: succeeded`))
})

test('the mail of a failed promotion says which app failed, and why', async () => {
  const team = await aTeam(testPlatform, ['admin'])
  const { admin } = team.people
  const pipeline = await aPipeline(testPlatform, { team: team.name })
  const { id, targets } = await promote(pipeline, admin)
  await markFailed(db, actor, targets[0]?.release.id ?? '', 'The release command exited with 1.')
  await settlePromotion(platform, { promotionId: id })
  const [mail] = await mailsOf()
  assert.deepEqual(mail?.to, [admin.email])
  assert.match(mail?.raw ?? '', /was not promoted everywhere to/)
  assert.match(mail?.raw ?? '', /failed \(The release command exited with 1\.\)/)
})

test('those who may approve are asked by mail, and not who wants the approval nor who may only look', async () => {
  const team = await aTeam(testPlatform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const pipeline = await aPipeline(testPlatform, { team: team.name })
  const policy = `/pipelines/${pipeline.id}/stages/production/policy`
  assert.equal((await call('PATCH', policy, { approvals: 1 })).statusCode, 200)
  const body = {
    source: { app: pipeline.staging.id },
    targets: [{ app: pipeline.production.id }],
  }
  const asked = await call('POST', `/pipelines/${pipeline.id}/approvals`, body, admin)
  assert.equal(asked.statusCode, 201, asked.body)
  const mails = await mailsOf()
  const receivers = mails.flatMap(({ to }) => to)
  assert.ok(receivers.includes(member.email), receivers.join())
  assert.ok(!receivers.includes(admin.email) && !receivers.includes(viewer.email), receivers.join())
  const mine = mails.find(({ to }) => to.includes(member.email))
  assert.match(mine?.raw ?? '', /asks for approval/)
  assert.match(mine?.raw ?? '', new RegExp(`pipelines:approve ${asked.json()[0].id}`))
})
