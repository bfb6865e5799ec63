import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { aTeam } from '../../../test/support/apps.ts'
import { aBrowser, aPersonWithPassword, logIn, PASSWORD } from '../../../test/support/sign-in.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const host = await aTestPlatform()
const { call, token: operatorToken } = host

const newAddress = (): string => `new-${randomBytes(4).toString('hex')}@example.com`

const invite = async (team: string, email: string, token = operatorToken): Promise<string> => {
  const invited = await call(
    'PUT',
    `/teams/${team}/invitations`,
    { email, role: 'member' },
    { token },
  )
  assert.ok(invited.statusCode < 300, invited.body)
  return new URL(invited.json<{ accept_url: string }>().accept_url).pathname
}
const membersOf = async (team: string): Promise<string[]> =>
  (await call('GET', `/teams/${team}/members`))
    .json<{ email: string }[]>()
    .map(({ email }) => email)

test('who has no account makes one by the link, is signed in and in the team, and can log in', async () => {
  const { name: team } = await aTeam(host, [])
  const email = newAddress()
  const link = await invite(team, email)
  const browser = aBrowser(host)
  const page = await browser.get(link)
  assert.equal(page.statusCode, 200)
  assert.ok(page.body.includes(email) && page.body.includes('new-password'))
  const short = await browser.post(link, { password: 'short' })
  assert.equal(short.statusCode, 422)
  const joined = await browser.post(link, { password: PASSWORD })
  assert.equal(joined.headers['location'], '/dashboard')
  assert.ok((await membersOf(team)).includes(email))
  assert.equal((await browser.get('/account')).json().email, email)
  assert.equal((await logIn(host, email, PASSWORD)).statusCode, 201)
  assert.equal((await browser.get(link)).statusCode, 404)
})

test('of many who open one link at once, one makes the account', async () => {
  const { name: team } = await aTeam(host, [])
  const email = newAddress()
  const link = await invite(team, email)
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => aBrowser(host).post(link, { password: PASSWORD })),
  )
  assert.equal(answers.filter(({ statusCode }) => statusCode === 303).length, 1)
  assert.equal((await membersOf(team)).filter((one) => one === email).length, 1)
})

test('without mail, a link that anybody but the operator was shown makes no account', async () => {
  const { name: team, people } = await aTeam(host, ['admin'])
  const email = newAddress()
  const link = await invite(team, email, people.admin.token)
  const browser = aBrowser(host)
  assert.match((await browser.get(link)).body, /Ask its operator/)
  assert.equal((await browser.post(link, { password: PASSWORD })).statusCode, 403)
  assert.equal((await logIn(host, email, PASSWORD)).statusCode, 401)
  assert.ok(!(await membersOf(team)).includes(email))
})

test('who has an account signs in first; the link is no way into it, and nobody else joins by it', async () => {
  const { name: team } = await aTeam(host, [])
  const [person, other] = [await aPersonWithPassword(host), await aPersonWithPassword(host)]
  const link = await invite(team, person.email)
  const browser = aBrowser(host)
  assert.match((await browser.get(link)).body, /\/sign-in\?next=/)
  assert.equal((await browser.post(link, { password: 'another password' })).statusCode, 403)
  await browser.signIn(other.email)
  assert.match((await browser.get(link)).body, /whom it is not for/)
  await browser.post(link, {})
  assert.ok(!(await membersOf(team)).includes(person.email))
  await browser.signIn(person.email, PASSWORD, link)
  assert.match((await browser.get(link)).body, /<button>Join<\/button>/)
  assert.equal((await browser.post(link, {})).headers['location'], '/dashboard')
  assert.ok((await membersOf(team)).includes(person.email))
})
