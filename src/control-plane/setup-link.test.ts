import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { test } from 'node:test'
import { aBrowser, logIn, PASSWORD } from '../../test/support/sign-in.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'
import { ensureSetupLink } from './setup-link.ts'

const testPlatform = await aTestPlatform()
const { platform, database, aPerson } = testPlatform
const { db, paths, settings } = platform
const path = paths.setupLink
await mkdir(paths.root, { recursive: true })

const start = async (): Promise<string> => {
  await ensureSetupLink(db, path, settings)
  return new URL((await readFile(path, 'utf8')).trim()).pathname
}

test('the link lies in the data directory for its owner alone, and the database knows but its hash', async () => {
  const link = await start()
  assert.match(await readFile(path, 'utf8'), /^http:\/\/localhost:5000\/setup\/[0-9a-f]{64}\n$/)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  const { rows } = await database.pool.query('select * from account_links')
  assert.equal(rows.length, 1)
  assert.ok(!JSON.stringify(rows).includes(link.split('/')[2] ?? ''))
})

test('a later start makes a new link, and the old one is dead', async () => {
  const [old, fresh] = [await start(), await start()]
  assert.notEqual(old, fresh)
  assert.equal((await aBrowser(testPlatform).get(old)).statusCode, 404)
  assert.equal((await aBrowser(testPlatform).get(fresh)).statusCode, 200)
})

test('what is refused leaves the link alive', async () => {
  const link = await start()
  const browser = aBrowser(testPlatform)
  const taken = await aPerson()
  for (const [email, password] of [
    ['ada@example.com', 'short'],
    ['no address', PASSWORD],
    [taken.email, PASSWORD],
    ['', PASSWORD],
  ] as const)
    assert.equal((await browser.post(link, { email, password })).statusCode, 422)
  assert.equal(browser.cookies.size, 0)
  const forged = link.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  assert.equal((await browser.get(forged)).statusCode, 404)
  assert.equal(
    (await browser.post(forged, { email: 'x@example.com', password: PASSWORD })).statusCode,
    404,
  )
  assert.equal((await browser.get(link)).statusCode, 200)
})

test('of two who use the link at once one becomes the operator; then it is gone for good', async () => {
  const link = await start()
  const [one, other] = [aBrowser(testPlatform), aBrowser(testPlatform)]
  const answers = await Promise.all([
    one.post(link, { email: 'one@example.com', password: PASSWORD }),
    other.post(link, { email: 'other@example.com', password: PASSWORD }),
  ])
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [303, 404],
  )
  const [winner, email] =
    answers[0].statusCode === 303 ? [one, 'one@example.com'] : [other, 'other@example.com']
  assert.match((await winner.get('/settings')).body, new RegExp(email))
  assert.equal(existsSync(path), false)
  assert.equal((await one.get(link)).statusCode, 404)
  assert.equal((await logIn(testPlatform, email, PASSWORD)).statusCode, 201)
  await ensureSetupLink(db, path, settings)
  assert.equal(existsSync(path), false)
})
