import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '#/foundation/db.ts'
import { aMailServer, sendWaitingMail } from '../../../test/support/mail.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { canSendMail, enqueueMail } from './send-mail.ts'

const testPlatform = await aTestPlatform()
const { platform, database } = testPlatform
const server = await aMailServer()
const mail = { to: 'ada@example.com', subject: 'Grüße', text: 'A line\n.\nand https://sluice/x' }

test('without SMTP the platform says that it cannot send', () => {
  assert.equal(canSendMail(platform), false)
  platform.mail = server.settings
  assert.equal(canSendMail(platform), true)
})

test('a mail goes out after its transaction, and not without it', async () => {
  const undone = transaction(platform.db, async (tx) => {
    await enqueueMail(tx, platform, { ...mail, subject: 'undone' })
    throw new Error('undone')
  })
  await assert.rejects(undone, /undone/)
  await transaction(platform.db, (tx) => enqueueMail(tx, platform, mail))
  await sendWaitingMail(testPlatform)
  const [got, ...others] = server.mails.splice(0)
  assert.deepEqual(others, [])
  assert.deepEqual(got?.to, ['ada@example.com'])
  assert.equal(got?.from, 'sluice@example.com')
  assert.match(got?.raw ?? '', /^Subject: =\?UTF-8\?/m)
  assert.match(got?.raw ?? '', /https:\/\/sluice\/x/)
})

test('a waiting mail cannot be read in the database', async () => {
  await enqueueMail(platform.db, platform, { ...mail, text: 'very-secret-link' })
  const { rows } = await database.pool.query<{ payload: unknown }>(
    'select payload from graphile_worker._private_jobs',
  )
  assert.equal(rows.length, 1)
  assert.doesNotMatch(JSON.stringify(rows), /very-secret-link|ada@/)
  await sendWaitingMail(testPlatform)
  server.mails.length = 0
})

test('an address smuggles in neither headers nor more receivers', async () => {
  for (const to of ['a@example.com, b@example.com', 'a@example.com\r\nBcc: b@example.com'])
    await enqueueMail(platform.db, platform, { ...mail, to, subject: 'x\r\nBcc: b@example.com' })
  await sendWaitingMail(testPlatform)
  for (const { to, raw } of server.mails) {
    assert.ok(!to.includes('b@example.com'), to.join())
    assert.doesNotMatch(raw, /^Bcc:/m)
  }
})
