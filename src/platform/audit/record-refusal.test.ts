import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aTeam, anApp } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { MOST_REFUSALS_A_MINUTE } from './record-refusal.ts'

const platform = await aTestPlatform()
const { call } = platform

type Shown = {
  result: string
  app: { id: string } | null
  actor: { email: string }
  after: unknown
}
const refusalsOf = async (team: string): Promise<Shown[]> =>
  (await call('GET', `/teams/${team}/events?result=refused`)).json()

test('an attempt at what one may not do is written down with who, what and why, and no value', async () => {
  const { name: team, people } = await aTeam(platform, ['viewer'])
  const app = await anApp(platform, { team })
  const token = { token: people.viewer.token }
  const secret = { PASSWORD: 'canary-of-a-refusal' }
  const path = `/apps/${app.name}/config-vars`
  assert.equal((await call('PATCH', path, secret, token)).statusCode, 403)
  assert.equal((await call('GET', path, undefined, token)).statusCode, 403)
  const [refusal, ...others] = await refusalsOf(team)
  assert.deepEqual(others, []) // reading is no attempt at a change
  assert.equal(refusal?.actor.email, people.viewer.email)
  assert.equal(refusal?.app?.id, app.id)
  assert.deepEqual(refusal?.after, {
    request: 'PATCH /apps/:app/config-vars',
    needs: 'app:deploy',
    reason: `You do not have access to the app ${app.name}.`,
  })
})

test('however many attempts are made at once, a minute of one person takes no more than its rows', async () => {
  const { name: team, people } = await aTeam(platform, ['viewer'])
  const app = await anApp(platform, { team })
  const token = { token: people.viewer.token }
  const answers = await Promise.all(
    Array.from({ length: MOST_REFUSALS_A_MINUTE + 20 }, () =>
      call('DELETE', `/apps/${app.name}`, undefined, token),
    ),
  )
  assert.ok(answers.every(({ statusCode }) => statusCode === 403))
  const refusals = await refusalsOf(team)
  assert.equal(refusals.length, MOST_REFUSALS_A_MINUTE)
  assert.match(JSON.stringify(refusals.at(-1)?.after), /Further refusals/)
})

test('what one may not even see leaves no trace in its log', async () => {
  const { name: team } = await aTeam(platform, [])
  const app = await anApp(platform, { team })
  const stranger = await platform.aPerson()
  const answer = await call('DELETE', `/apps/${app.name}`, undefined, { token: stranger.token })
  assert.equal(answer.statusCode, 404)
  assert.deepEqual(await refusalsOf(team), [])
})
