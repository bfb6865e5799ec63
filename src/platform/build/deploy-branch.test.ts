import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { aTeam } from '../../../test/support/apps.ts'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
} from '../../../test/support/git-platform.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { readRef } from './repository.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, urlOf } = host
const { db, paths } = host.platform
await host.startWorker()
const buildpack = await aBuildpack('cat "$1/text"; sleep 1')

type Shown = {
  id: string
  status: string
  branch: string | null
  release: { id: string } | null
  source_blob: { version: string; version_description: string }
  message: string
}
type Listed = { name: string; commit: { sha: string; subject: string; author: { name: string } } }

const deploy = (app: string, branch: string, options: { token?: string } = {}) =>
  call('POST', `/apps/${app}/builds/actions/deploy-branch`, { branch }, options)
const untilEnded = (app: string, { id }: Shown): Promise<Shown> =>
  until(
    async () => {
      const shown = (await call('GET', `/apps/${app}/builds/${id}`)).json<Shown>()
      return shown.status === 'pending' ? undefined : shown
    },
    { limitMs: 60_000, everyMs: 50, what: 'the end of the build' },
  )
const repositoryOf = ({ id }: { id: string }): string => join(paths.git, `${id}.git`)

/** An app with code on main, and a branch `side` beside it that is not deployed. */
const anAppWithSide = async () => {
  const app = await anAppBuiltBy(host, buildpack)
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n', text: 'main\n' })
  const pushed = await copy.git('push', urlOf(app.name), 'main')
  assert.equal(pushed.code, 0, pushed.stderr)
  const main = (await copy.git('rev-parse', 'main')).stdout.trim()
  await copy.git('checkout', '--quiet', '-b', 'side')
  const side = await copy.commit({ text: 'side\n' }, 'Try \u001b[31mthings\n\nWith a body.')
  await copy.git('push', urlOf(app.name), 'side')
  return { app, copy, main, side }
}

test('the branches of an app are listed with what they lead to, main first', async () => {
  const { app, side } = await anAppWithSide()
  const answer = await call('GET', `/apps/${app.name}/branches`)
  assert.equal(answer.statusCode, 200, answer.body)
  const branches = answer.json<Listed[]>()
  assert.deepEqual(
    branches.map(({ name }) => name),
    ['main', 'side'],
  )
  assert.equal(branches[1]?.commit.sha, side)
  assert.equal(branches[1]?.commit.subject, 'Try [31mthings')
  assert.equal(branches[1]?.commit.author.name, 'Ada')
  const fresh = await anAppBuiltBy(host, buildpack)
  assert.deepEqual((await call('GET', `/apps/${fresh.name}/branches`)).json(), [])
})

test('a branch is deployed as it was when that was asked for, and no branch moves by it', async () => {
  const { app, copy, main, side } = await anAppWithSide()
  const asked = await deploy(app.name, 'side')
  assert.equal(asked.statusCode, 201, asked.body)
  await copy.commit({ text: 'later\n' })
  await copy.git('push', urlOf(app.name), 'side')
  const ended = await untilEnded(app.name, asked.json())
  assert.equal(ended.status, 'succeeded')
  assert.equal(ended.branch, 'side')
  assert.equal(ended.source_blob.version, side)
  const release = (await call('GET', `/apps/${app.name}/releases/${ended.release?.id}`)).json()
  assert.equal(release.description, `Deploy ${side.slice(0, 8)}`)
  assert.equal(await readRef(repositoryOf(app), 'refs/heads/main'), main)
  const event = await db
    .selectFrom('events')
    .select('after')
    .where('resourceId', '=', ended.id)
    .where('action', '=', 'create')
    .executeTakeFirstOrThrow()
  assert.deepEqual(event.after, { version: side.slice(0, 8), branch: 'side' })
})

test('two at once are built one after the other, each with its own commit', async () => {
  const { app, main, side } = await anAppWithSide()
  const asked = await Promise.all(['side', 'main'].map((branch) => deploy(app.name, branch)))
  const ended = await Promise.all(asked.map((answer) => untilEnded(app.name, answer.json<Shown>())))
  assert.deepEqual(
    ended.map(({ status, source_blob }) => [status, source_blob.version]),
    [
      ['succeeded', side],
      ['succeeded', main],
    ],
  )
  const times = await db
    .selectFrom('builds')
    .select(['steps', 'finishedAt'])
    .where('appId', '=', app.id)
    .where('sourceBranch', 'is not', null)
    .orderBy('finishedAt')
    .execute()
  const [first, second] = times
  assert.ok(first?.finishedAt && second?.finishedAt)
  const [begun] = second.steps as { startedAt: string }[]
  assert.ok(Date.parse(begun?.startedAt ?? '') >= first.finishedAt.getTime())
})

test('what is no branch there is refused in words, and nothing is kept of it', async () => {
  const { app, side } = await anAppWithSide()
  const fresh = await anAppBuiltBy(host, buildpack)
  for (const [name, branch, words] of [
    [app.name, 'nowhere', /has no branch nowhere\. Push it first/],
    [fresh.name, 'main', /has no branch main/],
    [app.name, 'side~1', /is no name of a branch/],
    [app.name, '--upload-pack=x', /is no name of a branch|has no branch/],
    [app.name, '../tags/x', /is no name of a branch/],
    [app.name, 'side\u001b[31m\n', /^side\?\[31m\? is no name of a branch/],
    [app.name, side, /has no branch/],
    [app.name, 'x'.repeat(900), /is no name of a branch/],
  ] as const) {
    const answer = await deploy(name, branch)
    assert.equal(answer.statusCode, 422, `${branch}: ${answer.body}`)
    assert.match(answer.json<Shown>().message, words)
  }
  const kept = await call('GET', `/apps/${app.name}/builds`)
  assert.equal(kept.json<Shown[]>().length, 1)
})

test('a stage that takes promotions only refuses a branch as it refuses a push', async () => {
  const { app } = await anAppWithSide()
  const pipeline = (
    await call('POST', '/pipelines', {
      name: `of-${app.name}`,
      owner: { id: host.actor.accountId, type: 'user' },
    })
  ).json<{ id: string }>().id
  const coupling = { app: app.id, pipeline, stage: 'production' }
  assert.equal((await call('POST', '/pipeline-couplings', coupling)).statusCode, 201)
  const policy = `/pipelines/${pipeline}/stages/production/policy`
  const set = await call('PATCH', policy, { direct_deploys: false })
  assert.equal(set.statusCode, 200, set.body)
  const refused = await deploy(app.name, 'side')
  assert.equal(refused.statusCode, 403, refused.body)
  const refs = await db
    .selectFrom('builds')
    .select('id')
    .where('appId', '=', app.id)
    .where('sourceBranch', 'is not', null)
    .execute()
  assert.deepEqual(refs, [])
})

test('branches are seen and deployed by those who may push', async () => {
  const team = await aTeam(host, ['member', 'viewer'])
  const { app } = await anAppWithSide()
  const stranger = await host.aPerson()
  assert.equal((await deploy(app.name, 'side', stranger)).statusCode, 404)
  const made = await call('POST', '/teams/apps', { team: team.name })
  const { name } = made.json<{ name: string }>()
  const { member, viewer } = team.people
  assert.equal((await call('GET', `/apps/${name}/branches`, undefined, viewer)).statusCode, 403)
  assert.equal((await deploy(name, 'side', viewer)).statusCode, 403)
  assert.equal((await call('GET', `/apps/${name}/branches`, undefined, member)).statusCode, 200)
  assert.equal((await deploy(name, 'side', member)).statusCode, 422)
})
