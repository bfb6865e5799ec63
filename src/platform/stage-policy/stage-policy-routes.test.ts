import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCurrent, getReleaseById, markSucceeded } from '#/platform/release/release-store.ts'
import { aServingRelease, aTeam, statusesOf } from '../../../test/support/apps.ts'
import { anAppIn, aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db } = platform.platform

type Ref = { id: string }
type As = { token?: string }

const promote = (pipeline: Ref, source: Ref, targets: Ref[], as: As = {}) =>
  call(
    'POST',
    '/pipeline-promotions',
    {
      pipeline: { id: pipeline.id },
      source: { app: { id: source.id } },
      targets: targets.map(({ id }) => ({ app: { id } })),
    },
    as,
  )
const setPolicy = async (pipeline: Ref, body: object, stage = 'production'): Promise<void> => {
  const answer = await call('PATCH', `/pipelines/${pipeline.id}/stages/${stage}/policy`, body)
  assert.equal(answer.statusCode, 200, answer.body)
}
const request = async (pipeline: Ref, source: Ref, target: Ref, as: As = {}): Promise<string> => {
  const body = { source: { app: source.id }, targets: [{ app: target.id }] }
  const answer = await call('POST', `/pipelines/${pipeline.id}/approvals`, body, as)
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json<{ id: string }[]>()[0]?.id ?? ''
}
const act = (pipeline: Ref, id: string, action: string, as: As = {}) =>
  call('POST', `/pipelines/${pipeline.id}/approvals/${id}/actions/${action}`, undefined, as)
const freezeNow = async (pipeline: Ref, stage = 'production'): Promise<string> => {
  const day = (days: number): string =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const answer = await call('POST', `/pipelines/${pipeline.id}/freezes`, {
    stage,
    kind: 'range',
    starts: day(-2),
    ends: day(2),
    time_zone: 'Europe/Vienna',
    reason: 'holidays',
  })
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json<{ id: string }>().id
}
const eventsOf = (resource: string) =>
  db
    .selectFrom('events')
    .select(['action', 'after'])
    .where('resource', '=', resource)
    .orderBy('id')
    .execute()

test('a stage without a policy has Heroku’s behaviour, and what is set is kept and told', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const pipeline = await aPipeline(platform, { team: team.name })
  const path = `/pipelines/${pipeline.id}/stages/production/policy`
  const before = (await call('GET', path, undefined, team.people.member)).json()
  assert.deepEqual(
    [before.approvals, before.direct_deploys, before.promoters, before.auto_rollback_minutes],
    [0, true, null, 0],
  )
  const body = { approvals: 2, blocking_findings: ['config-missing'], approval_team: team.name }
  assert.equal((await call('PATCH', path, body, team.people.member)).statusCode, 403)
  assert.equal((await call('PATCH', path, body, team.people.admin)).statusCode, 200)
  assert.equal((await call('PATCH', path, { auto_rollback_minutes: 5 })).statusCode, 200)
  const after = (await call('GET', path)).json()
  assert.deepEqual([after.approvals, after.auto_rollback_minutes], [2, 5])
  assert.deepEqual(after.blocking_findings, ['config-missing'])
  for (const bad of [
    { approvals: -1 },
    { approvals: 21 },
    { promoters: 'all' },
    { blocking_findings: ['<script>'] },
    { auto_rollback_minutes: 61 },
    { nonsense: true },
  ])
    assert.equal((await call('PATCH', path, bad)).statusCode, 422, JSON.stringify(bad))
  assert.equal((await call('PATCH', path, { approval_team: 'no-such-team' })).statusCode, 404)
  const missing = `/pipelines/${pipeline.id}/stages/no-such/policy`
  assert.equal((await call('PATCH', missing, { approvals: 1 })).statusCode, 404)
})

test('nobody approves for themselves: a personal pipeline needs a team for it', async () => {
  const pipeline = await aPipeline(platform)
  const path = `/pipelines/${pipeline.id}/stages/production/policy`
  const refused = await call('PATCH', path, { approvals: 1 })
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, /Name a team/)
})

test('a promotion needs approvals of these files for this app, not from who asked nor from who promotes', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  const other = await anAppIn(platform, pipeline, 'production', { team: team.name })
  await setPolicy(pipeline, { approvals: 1, promoters: 'deployers' })
  const refused = await promote(pipeline, staging, [production])
  assert.equal(refused.statusCode, 403)
  assert.match(refused.json().message, /needs 1 approval .* has 0/)
  const id = await request(pipeline, staging, production)
  assert.equal(await request(pipeline, staging, production, member), id)
  assert.equal((await act(pipeline, id, 'approve')).statusCode, 403)
  assert.equal((await act(pipeline, id, 'approve', viewer)).statusCode, 403)
  assert.equal((await act(pipeline, id, 'approve', await platform.aPerson())).statusCode, 404)
  const approved = await act(pipeline, id, 'approve', member)
  assert.equal(approved.statusCode, 200, approved.body)
  assert.equal(approved.json().state, 'approved')
  assert.equal((await act(pipeline, id, 'approve', member)).json().approvals.length, 1)
  assert.equal((await promote(pipeline, staging, [production], member)).statusCode, 403)
  assert.equal((await promote(pipeline, staging, [production, other], admin)).statusCode, 403)
  const promoted = await promote(pipeline, staging, [production], admin)
  assert.equal(promoted.statusCode, 201, promoted.body)
  const record = (await call('GET', `/pipeline-promotions/${promoted.json().id}`)).json()
  assert.deepEqual(
    record.targets[0].approvals.map(({ email }: { email: string }) => email),
    [member.email],
  )
  await aServingRelease(platform, staging, { web: 'serve' })
  const next = await promote(pipeline, staging, [production], admin)
  assert.equal(next.statusCode, 403)
})

test('an approval ends with its time, with a withdrawal, and with the role of who gave it', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  await setPolicy(pipeline, { approvals: 1 })
  const mayPromote = async (): Promise<boolean> => {
    const policy = await call('GET', `/pipelines/${pipeline.id}/approvals`, undefined, admin)
    return policy.json<{ state: string }[]>()[0]?.state === 'approved'
  }
  const id = await request(pipeline, staging, production)
  await act(pipeline, id, 'approve', member)
  assert.ok(await mayPromote())
  await db
    .updateTable('teamMembers')
    .set({ role: 'viewer' })
    .where('accountId', '=', member.actor.accountId)
    .execute()
  assert.ok(!(await mayPromote()))
  assert.equal((await promote(pipeline, staging, [production])).statusCode, 403)
  await act(pipeline, id, 'approve', admin)
  assert.ok(await mayPromote())
  assert.equal((await act(pipeline, id, 'withdraw', admin)).json().state, 'waiting')
  await act(pipeline, id, 'approve', admin)
  await db
    .updateTable('approvalRequests')
    .set({ expiresAt: new Date(Date.now() - 1000) })
    .where('id', '=', id)
    .execute()
  const expired = await promote(pipeline, staging, [production])
  assert.equal(expired.statusCode, 403)
  assert.match(expired.json().message, /not expired/)
  const late = await act(pipeline, id, 'approve', admin)
  assert.equal(late.statusCode, 422)
  assert.match(late.json().message, /expired/)
  const again = await request(pipeline, staging, production)
  assert.notEqual(again, id)
  assert.equal((await act(pipeline, again, 'withdraw')).json().state, 'withdrawn')
  assert.equal((await act(pipeline, again, 'approve', admin)).statusCode, 422)
  assert.equal((await act(pipeline, 'nonsense', 'approve', admin)).statusCode, 404)
})

test('who could approve may refuse instead and say why; then it is to be asked for anew', async () => {
  const team = await aTeam(platform, ['admin', 'member', 'viewer'])
  const { admin, member, viewer } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  await setPolicy(pipeline, { approvals: 1 })
  const asked = await call('POST', `/pipelines/${pipeline.id}/approvals`, {
    source: { app: staging.id },
    targets: [{ app: production.id }],
    reason: 'mends the checkout',
  })
  const [{ id, reason }] = asked.json()
  assert.equal(reason, 'mends the checkout')
  const no = { reason: 'not before the sale' }
  const refuse = (as: As, body: object = no) =>
    call('POST', `/pipelines/${pipeline.id}/approvals/${id}/actions/refuse`, body, as)
  assert.equal((await refuse({})).statusCode, 403)
  assert.equal((await refuse(viewer)).statusCode, 403)
  await act(pipeline, id, 'approve', member)
  const refused = await refuse(admin)
  assert.equal(refused.statusCode, 200, refused.body)
  const { state, refused_by: by, refusal } = refused.json()
  assert.deepEqual([state, by.email, refusal], ['refused', admin.email, no.reason])
  assert.equal((await promote(pipeline, staging, [production])).statusCode, 403)
  const late = await act(pipeline, id, 'approve', member)
  assert.equal(late.statusCode, 422)
  assert.match(late.json().message, /refused this request/)
  assert.equal((await refuse(admin, {})).statusCode, 422)
  const again = await request(pipeline, staging, production)
  assert.notEqual(again, id)
  await act(pipeline, again, 'approve', member)
  assert.equal((await promote(pipeline, staging, [production])).statusCode, 201)
})

test('of two who approve at once both count, and one who does so twice counts once', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  await setPolicy(pipeline, { approvals: 2 })
  const asked = await Promise.all(
    [1, 2, 3].map(() => request(pipeline, pipeline.staging, pipeline.production)),
  )
  assert.equal(new Set(asked).size, 1)
  const [id = ''] = asked
  const answers = await Promise.all(
    [admin, member, admin, member].map((person) => act(pipeline, id, 'approve', person)),
  )
  assert.deepEqual(statusesOf(answers), [200, 200, 200, 200])
  const now = (await call('GET', `/pipelines/${pipeline.id}/approvals/${id}`)).json()
  assert.deepEqual([now.state, now.approvals.length], ['approved', 2])
  assert.equal((await promote(pipeline, pipeline.staging, [pipeline.production])).statusCode, 201)
})

test('a rollback to what was served needs no approval; other code that comes directly does', async () => {
  const team = await aTeam(platform, ['member'])
  const pipeline = await aPipeline(platform, { team: team.name })
  const { production } = pipeline
  const first = await aServingRelease(platform, production, { web: 'serve' })
  await aServingRelease(platform, production, { web: 'serve' })
  await setPolicy(pipeline, { approvals: 1 })
  const path = `/apps/${production.id}/releases`
  assert.equal((await call('POST', path, { release: `v${first.version}` })).statusCode, 201)
  assert.equal((await call('POST', path, { slug: first.slugId })).statusCode, 201)
  const slug = (
    await call('POST', `/apps/${production.id}/slugs`, { process_types: { web: 'serve' } })
  ).json()
  assert.ok(slug.id)
  const build = { source_blob: { url: 'https://example.com/source.tgz' } }
  const refused = await call('POST', `/apps/${production.id}/builds`, build)
  assert.equal(refused.statusCode, 403)
  assert.match(refused.json().message, /promote from there/)
  const vars = await call('PATCH', `/apps/${production.id}/config-vars`, { A: '1' })
  assert.equal(vars.statusCode, 200)
})

test('where the policy says so, code comes by promotion only', async () => {
  const team = await aTeam(platform, ['member'])
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  const { slugId } = await aServingRelease(platform, production, { web: 'serve' })
  await setPolicy(pipeline, { direct_deploys: false })
  const slug = await call('POST', `/apps/${production.id}/releases`, { slug: slugId })
  assert.equal(slug.statusCode, 403)
  assert.match(slug.json().message, /by promotion only/)
  const build = { source_blob: { url: 'https://example.com/source.tgz' } }
  assert.equal((await call('POST', `/apps/${production.id}/builds`, build)).statusCode, 403)
  assert.equal((await call('POST', `/apps/${staging.id}/builds`, build)).statusCode, 201)
  assert.equal((await promote(pipeline, staging, [production])).statusCode, 201)
})

test('the policy of a stage says who promotes to it, also where that is not production', async () => {
  const team = await aTeam(platform, ['member'])
  const { member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  await setPolicy(pipeline, { promoters: 'deployers' })
  assert.equal((await promote(pipeline, staging, [production], member)).statusCode, 201)
  const dev = await anAppIn(platform, pipeline, 'development', { team: team.name })
  assert.equal((await promote(pipeline, staging, [dev], member)).statusCode, 201)
  await setPolicy(pipeline, { promoters: 'admins' }, 'development')
  const refused = await promote(pipeline, staging, [dev], member)
  assert.equal(refused.statusCode, 403)
  assert.match(refused.json().message, /so says its policy/)
})

test('a freeze holds on every way to a release, for admins too, until it is overridden with a reason', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  const { staging, production } = pipeline
  const { slugId } = await aServingRelease(platform, production, { web: 'serve' })
  await aServingRelease(platform, production, { web: 'serve' })
  const freeze = await freezeNow(pipeline)
  const app = `/apps/${production.id}`
  const ways = [
    () => promote(pipeline, staging, [production], admin),
    () =>
      call('POST', `${app}/builds`, { source_blob: { url: 'https://example.com/a.tgz' } }, admin),
    () => call('POST', `${app}/releases`, { slug: slugId }, admin),
    () => call('POST', `${app}/releases`, { release: 'v2' }, admin),
    () => call('POST', `${app}/releases`, { release: 'v2', only: 'config' }, admin),
    () => call('PATCH', `${app}/config-vars`, { A: '1' }, admin),
    () => call('POST', `${app}/addons`, { plan: 'heroku-postgresql:essential-0' }, admin),
  ]
  for (const way of ways) {
    const refused = await way()
    assert.equal(refused.statusCode, 403, refused.body)
    assert.match(refused.json().message, /frozen until .* Europe\/Vienna \(holidays\)/)
  }
  const formation = `${app}/formation`
  const updates = [{ type: 'web', quantity: 2 }]
  assert.equal((await call('PATCH', formation, { updates })).statusCode, 200)
  const override = { stage: 'production', reason: 'the shop is down', minutes: 10 }
  const path = `/pipelines/${pipeline.id}/freeze-overrides`
  assert.equal((await call('POST', path, override, member)).statusCode, 403)
  assert.equal((await call('POST', path, { ...override, reason: '' }, admin)).statusCode, 422)
  assert.equal((await call('POST', path, { ...override, reason: '  ' }, admin)).statusCode, 422)
  const made = await call('POST', path, override, admin)
  assert.equal(made.statusCode, 201, made.body)
  const plan = await call(
    'POST',
    `/pipelines/${pipeline.id}/promotion-plans`,
    { source: { app: staging.id } },
    admin,
  )
  const { policy } = plan.json().targets[0]
  assert.equal(policy.freeze.now.reason, 'holidays')
  assert.equal(policy.freeze.override.reason, 'the shop is down')
  assert.equal(policy.promoters, null)
  const promoted = await promote(pipeline, staging, [production], admin)
  assert.equal(promoted.statusCode, 201, promoted.body)
  const record = (await call('GET', `/pipeline-promotions/${promoted.json().id}`)).json()
  assert.equal(record.targets[0].freeze_override, 'the shop is down')
  assert.equal((await call('PATCH', `${app}/config-vars`, { A: '1' })).statusCode, 403)
  assert.equal((await call('PATCH', `${app}/config-vars`, { A: '1' }, admin)).statusCode, 200)
  assert.deepEqual(
    (await eventsOf('freeze-override')).map(({ after }) => (after as { reason: string }).reason),
    ['the shop is down'],
  )
  const removal = `/pipelines/${pipeline.id}/freezes/${freeze}`
  assert.equal((await call('DELETE', removal, undefined, member)).statusCode, 403)
  assert.equal((await call('DELETE', removal, undefined, admin)).statusCode, 200)
  assert.equal((await call('DELETE', removal, undefined, admin)).statusCode, 404)
  assert.equal((await call('PATCH', `${app}/config-vars`, { A: '2' })).statusCode, 200)
})

test('a freeze is of one stage, is listed with when it holds, and must be one', async () => {
  const pipeline = await aPipeline(platform)
  await freezeNow(pipeline, 'staging')
  assert.equal((await promote(pipeline, pipeline.staging, [pipeline.production])).statusCode, 201)
  const path = `/pipelines/${pipeline.id}/freezes`
  const weekly = {
    stage: 'production',
    kind: 'weekly',
    starts: 'Fri 16:00',
    ends: 'Mon 08:00',
    time_zone: 'Europe/Vienna',
  }
  assert.equal((await call('POST', path, weekly)).statusCode, 201)
  const [staging, production] = (await call('GET', path)).json()
  assert.ok(staging.now.until && production.next.from)
  for (const bad of [
    { time_zone: 'Mars/Olympus' },
    { starts: 'soon' },
    { stage: 'nowhere' },
    { kind: 'range' },
    { ends: 'Fri 16:00' },
  ]) {
    const { statusCode } = await call('POST', path, { ...weekly, ...bad })
    assert.ok(statusCode === 422 || statusCode === 404, JSON.stringify(bad))
  }
})

test('who may deploy an app cannot take it out from under its stage’s rules', async () => {
  const team = await aTeam(platform, ['admin', 'member'])
  const { admin, member } = team.people
  const pipeline = await aPipeline(platform, { team: team.name })
  await freezeNow(pipeline)
  const coupling = (await call('GET', `/apps/${pipeline.production.id}/pipeline-couplings`)).json()
  const path = `/pipeline-couplings/${coupling.id}`
  assert.equal((await call('DELETE', path, undefined, member)).statusCode, 403)
  assert.equal((await call('PATCH', path, { stage: 'development' }, member)).statusCode, 403)
  assert.equal((await call('DELETE', path, undefined, admin)).statusCode, 200)
})

test('what the platform does to set right is not kept from it', async () => {
  const pipeline = await aPipeline(platform)
  const { staging, production } = pipeline
  const promoted = await promote(pipeline, staging, [production])
  const [target] = (
    await call('GET', `/pipeline-promotions/${promoted.json().id}/promotion-targets`)
  ).json()
  await freezeNow(pipeline)
  await makeCurrent(db, actor, await getReleaseById(db, actor, target.release.id))
  await markSucceeded(db, actor, target.release.id)
  assert.equal((await getReleaseById(db, actor, target.release.id)).status, 'succeeded')
})
