import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { keyringOf } from '#/platform/keyring.ts'
import { newKey } from '#/foundation/crypto.ts'
import { aTestAddOnCluster } from '../../../test/support/add-on-cluster.ts'
import { anApp, aServingRelease, aTeam } from '../../../test/support/apps.ts'
import { aPipeline } from '../../../test/support/pipelines.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { until } from '../../../test/support/until.ts'
import { databaseNames } from './add-on-credentials.ts'
import { deprovisionAddOn } from './deprovision-add-on.ts'
import { provisionAddOn } from './provision-add-on.ts'

const platform = await aTestPlatform()
const { call, actor } = platform
const { db } = platform.platform
const cluster = await aTestAddOnCluster()
const needs = { ...platform.platform, requestCluster: async () => cluster }
const FIRST = { isLastAttempt: false }

type Ref = { id: string; name: string }
type Answer = Awaited<ReturnType<typeof call>>

const provisioningOn = (app: Ref): Promise<string> =>
  until(
    async () =>
      (
        await db
          .selectFrom('addOns')
          .select('id')
          .where('appId', '=', app.id)
          .where('state', '=', 'provisioning')
          .executeTakeFirst()
      )?.id,
    { limitMs: 20_000 },
  )

/** Asks for an add-on and does what the worker does. */
const create = async (app: Ref, body: object = {}): Promise<Answer> => {
  const answer = call('POST', `/apps/${app.name}/addons`, {
    plan: { name: 'heroku-postgresql' },
    attachment: {},
    ...body,
  })
  await provisionAddOn(needs, { addOnId: await provisioningOn(app) }, FIRST)
  return answer
}

const created = async (app: Ref, body: object = {}): Promise<Ref & { config_vars: string[] }> => {
  const answer = await create(app, body)
  assert.equal(answer.statusCode, 201, answer.body)
  return answer.json()
}

const configOf = async (app: Ref): Promise<Record<string, string>> =>
  (await call('GET', `/apps/${app.name}/config-vars`)).json()

const descriptionsOf = async (app: Ref): Promise<string[]> =>
  (await call('GET', `/apps/${app.name}/releases`))
    .json()
    .map(({ description }: { description: string }) => description)

const query = async (url: string | undefined, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url ?? '', connectionTimeoutMillis: 20_000 })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const isInCluster = async (id: string): Promise<boolean> => {
  const { user, database } = databaseNames(id)
  const found = await query(
    cluster.adminUrl,
    `select from pg_roles where rolname = '${user}' union all select from pg_database where datname = '${database}'`,
  )
  return found.length > 0
}

test('an add-on is a database of its own, attached, configured and released before the answer', async () => {
  const app = await anApp(platform)
  const release = await aServingRelease(platform, app, { web: 'serve' })
  const answer = await create(app)
  assert.equal(answer.statusCode, 201, answer.body)
  const addOn = answer.json()
  assert.match(addOn.name, /^postgresql-[a-z]+-\d{5}$/)
  assert.equal(addOn.state, 'provisioned')
  assert.deepEqual(addOn.config_vars, ['DATABASE_URL'])
  assert.equal(addOn.plan.name, 'heroku-postgresql:essential-0')
  assert.equal(addOn.plan.price.cents, 0)
  assert.equal(addOn.addon_service.name, 'heroku-postgresql')
  assert.deepEqual(addOn.app, { id: app.id, name: app.name })
  const { DATABASE_URL: url } = await configOf(app)
  assert.match(url ?? '', /^postgres:\/\/u[0-9a-f]{32}:p[0-9a-f]{64}@localhost:\d+\/d[0-9a-f]{32}$/)
  await query(url, 'create table visits (n int)')
  assert.deepEqual(await query(url, 'select count(*)::int as n from visits'), [{ n: 0 }])
  const newest = (await call('GET', `/apps/${app.name}/releases`)).json().at(-1)
  assert.equal(newest.description, `Attach DATABASE (@ref:${addOn.name})`)
  assert.equal(newest.user.email, actor.name)
  assert.equal(newest.slug.id, release.slugId)
  assert.deepEqual(newest.addon_plan_names, ['heroku-postgresql:essential-0'])
})

test('a role enters its own database only, makes no other, and has a limit of connections', async () => {
  const app = await anApp(platform)
  const other = await anApp(platform)
  const addOn = await created(app)
  const stranger = await created(other)
  const { DATABASE_URL: url } = await configOf(app)
  const at = (database: string) => (url ?? '').replace(/[^/]*$/, database)
  for (const database of ['postgres', 'template1', databaseNames(stranger.id).database])
    await assert.rejects(query(at(database), 'select 1'), /permission denied for database/)
  await assert.rejects(query(url, 'create database more'), /permission denied/)
  await assert.rejects(query(url, 'create role more'), /permission denied/)
  await assert.rejects(query(url, `copy (select 1) to program 'true'`), /permission denied|must be/)
  await assert.rejects(query(url, `select pg_read_file('/etc/passwd')`), /permission denied/)
  const [role] = await query(
    cluster.adminUrl,
    `select rolconnlimit as "limit", rolsuper as super from pg_roles where rolname = '${databaseNames(addOn.id).user}'`,
  )
  assert.deepEqual(role, { limit: 20, super: false })
})

test('the first add-on is DATABASE, later ones get a color, also two at once', async () => {
  const app = await anApp(platform)
  await created(app)
  const answers = Promise.all(
    [1, 2].map(() => call('POST', `/apps/${app.name}/addons`, { plan: 'heroku-postgresql:mini' })),
  )
  for (let n = 0; n < 2; n++)
    await provisionAddOn(needs, { addOnId: await provisioningOn(app) }, FIRST)
  const names = (await answers).map((answer): string => answer.json().config_vars[0])
  assert.deepEqual(names.toSorted(), ['HEROKU_POSTGRESQL_AMBER_URL', 'HEROKU_POSTGRESQL_AQUA_URL'])
  assert.deepEqual(Object.keys(await configOf(app)).toSorted(), [
    'DATABASE_URL',
    ...names.toSorted(),
  ])
  const own = await anApp(platform)
  await call('PATCH', `/apps/${own.name}/config-vars`, { DATABASE_URL: 'postgres://elsewhere/db' })
  assert.deepEqual((await created(own)).config_vars, ['HEROKU_POSTGRESQL_AMBER_URL'])
  assert.equal((await configOf(own))['DATABASE_URL'], 'postgres://elsewhere/db')
})

test('a worker killed at any point is followed by one that goes on, and nothing is done twice', async () => {
  const app = await anApp(platform)
  const answer = call('POST', `/apps/${app.name}/addons`, { plan: 'heroku-postgresql' })
  const addOnId = await provisioningOn(app)
  const killedAfterTheDatabase = { ...needs, keyring: keyringOf(newKey()) }
  await assert.rejects(provisionAddOn(killedAfterTheDatabase, { addOnId }, FIRST))
  await assert.rejects(
    provisionAddOn(
      { ...needs, requestCluster: () => Promise.reject(new Error('down')) },
      { addOnId },
      FIRST,
    ),
    /down/,
  )
  await Promise.all([1, 2].map(() => provisionAddOn(needs, { addOnId }, FIRST).catch(() => {})))
  await provisionAddOn(needs, { addOnId }, FIRST)
  assert.equal((await answer).statusCode, 201)
  const attached = (await descriptionsOf(app)).filter((text) => text.startsWith('Attach'))
  assert.equal(attached.length, 1)
  await query((await configOf(app))['DATABASE_URL'], 'select 1')
})

test('a destroyed add-on is detached at once and its database dropped, with whoever is connected', async () => {
  const app = await anApp(platform)
  const addOn = await created(app)
  const client = new pg.Client({ connectionString: (await configOf(app))['DATABASE_URL'] ?? '' })
  const ended = new Promise((resolve) => client.once('end', resolve).on('error', () => {}))
  await client.connect()
  const destroyed = await call('DELETE', `/apps/${app.id}/addons/${addOn.id}`, { force: false })
  assert.equal(destroyed.statusCode, 200, destroyed.body)
  assert.equal(destroyed.json().state, 'deprovisioned')
  assert.deepEqual(await configOf(app), {})
  assert.equal((await descriptionsOf(app)).at(-1), `Detach DATABASE (@ref:${addOn.name})`)
  assert.equal((await call('GET', `/addons/${addOn.name}`)).statusCode, 404)
  for (let n = 0; n < 2; n++) await deprovisionAddOn(needs, { addOnId: addOn.id })
  await ended
  assert.equal(await isInCluster(addOn.id), false)
  const again = await created(app, { name: addOn.name })
  assert.deepEqual(again.config_vars, ['DATABASE_URL'])
})

test('an add-on destroyed while it is provisioned leaves neither release nor database', async () => {
  const app = await anApp(platform)
  const answer = call('POST', `/apps/${app.name}/addons`, { plan: 'heroku-postgresql' })
  const addOnId = await provisioningOn(app)
  const destroyed = await call('DELETE', `/apps/${app.name}/addons/${addOnId}`)
  assert.equal(destroyed.statusCode, 200, destroyed.body)
  await provisionAddOn(needs, { addOnId }, FIRST)
  await deprovisionAddOn(needs, { addOnId })
  assert.equal((await answer).json().state, 'deprovisioned')
  assert.deepEqual(await descriptionsOf(app), ['Initial release'])
  assert.equal(await isInCluster(addOnId), false)
})

test('an add-on that cannot be provisioned for ten minutes is given up, with its reason', async () => {
  const app = await anApp(platform)
  const answer = call('POST', `/apps/${app.name}/addons`, { plan: 'heroku-postgresql' })
  const addOnId = await provisioningOn(app)
  const broken = { ...needs, requestCluster: () => Promise.reject(new Error('no disk')) }
  await assert.rejects(provisionAddOn(broken, { addOnId }, FIRST), /no disk/)
  const longAgo = new Date(Date.now() - 11 * 60_000)
  await db.updateTable('addOns').set({ createdAt: longAgo }).where('id', '=', addOnId).execute()
  await provisionAddOn(broken, { addOnId }, FIRST)
  assert.equal((await answer).json().state, 'deprovisioned')
  const event = await db
    .selectFrom('events')
    .select('after')
    .where('resourceId', '=', addOnId)
    .where('action', '=', 'destroy')
    .executeTakeFirstOrThrow()
  assert.deepEqual(event.after, { state: 'deprovisioned', reason: 'no disk' })
  assert.deepEqual((await created(app)).config_vars, ['DATABASE_URL'])
})

test('an add-on is attached to other apps and detached; what it would hide must be confirmed', async () => {
  const app = await anApp(platform)
  const other = await anApp(platform)
  const addOn = await created(app)
  const attach = (body: object) =>
    call('POST', '/addon-attachments', {
      addon: { name: addOn.name },
      app: { name: other.name },
      ...body,
    })
  const attached = await attach({ name: 'shared' })
  assert.equal(attached.statusCode, 201, attached.body)
  assert.equal(attached.json().name, 'SHARED')
  assert.deepEqual(attached.json().addon.app, { id: app.id, name: app.name })
  assert.deepEqual(attached.json().config_vars, ['SHARED_URL'])
  assert.equal((await configOf(other))['SHARED_URL'], (await configOf(app))['DATABASE_URL'])
  assert.equal((await attach({ name: 'SHARED' })).statusCode, 423)
  await created(other)
  const hidden = await attach({ name: 'DATABASE' })
  assert.equal(hidden.statusCode, 423)
  assert.equal(hidden.json().id, 'confirmation_required')
  const replaced = await attach({ name: 'DATABASE', confirm: other.name })
  assert.equal(replaced.statusCode, 201, replaced.body)
  assert.equal((await configOf(other))['DATABASE_URL'], (await configOf(app))['DATABASE_URL'])
  const text = (await descriptionsOf(other)).at(-1) ?? ''
  assert.match(text, new RegExp(`^Attach DATABASE \\(@ref:${addOn.name}\\), Detach DATABASE`))
  const listed = (await call('GET', `/apps/${other.name}/addon-attachments`)).json()
  assert.deepEqual(
    listed.map(({ name }: Ref) => name),
    ['DATABASE', 'SHARED'],
  )
  const found = (await call('GET', `/apps/${other.name}/addon-attachments/SHARED`)).json()
  assert.equal((await call('DELETE', `/addon-attachments/${found.id}`)).statusCode, 200)
  assert.equal((await configOf(other))['SHARED_URL'], undefined)
  assert.equal((await call('DELETE', `/addon-attachments/${found.id}`)).statusCode, 404)
})

test('a shared add-on is destroyed only by force, and then the other apps are released without it', async () => {
  const app = await anApp(platform)
  const other = await anApp(platform)
  const addOn = await created(app)
  await call('POST', '/addon-attachments', { addon: addOn.name, app: other.name, name: 'SHARED' })
  const path = `/apps/${app.name}/addons/${addOn.name}`
  const refused = await call('DELETE', path)
  assert.equal(refused.statusCode, 422)
  assert.match(refused.json().message, new RegExp(`${other.name}.*--force`))
  const elsewhere = await call('DELETE', `/apps/${other.name}/addons/${addOn.name}`, {
    force: true,
  })
  assert.equal(elsewhere.statusCode, 404)
  assert.equal((await call('DELETE', path, { force: true })).statusCode, 200)
  await deprovisionAddOn(needs, { addOnId: addOn.id })
  assert.equal((await descriptionsOf(other)).at(-1), `Detach SHARED (@ref:${addOn.name})`)
  assert.deepEqual(await configOf(other), {})
  assert.equal(await isInCluster(addOn.id), false)
})

test('with an app its add-ons go, also from the apps to which they are attached', async () => {
  const app = await anApp(platform)
  const other = await anApp(platform)
  const addOn = await created(app)
  await call('POST', '/addon-attachments', { addon: addOn.name, app: other.name, name: 'SHARED' })
  assert.equal((await call('DELETE', `/apps/${app.name}`)).statusCode, 200)
  await deprovisionAddOn(needs, { addOnId: addOn.id })
  assert.deepEqual(await configOf(other), {})
  assert.equal(await isInCluster(addOn.id), false)
})

test('of an app in a frozen stage nothing is attached, detached or destroyed, nor by way of another app', async () => {
  const { id, staging, production } = await aPipeline(platform)
  const [shared, own] = [await created(staging), await created(production)]
  const attach = (name: string) =>
    call('POST', '/addon-attachments', { addon: shared.name, app: production.name, name })
  const attached = await attach('SHARED')
  assert.equal(attached.statusCode, 201, attached.body)
  const year = new Date().getFullYear()
  const range = { kind: 'range', starts: `${year - 1}-01-01`, ends: `${year + 2}-01-01` }
  const freeze = { stage: 'production', time_zone: 'UTC', ...range }
  assert.equal((await call('POST', `/pipelines/${id}/freezes`, freeze)).statusCode, 201)
  const before = await configOf(production)
  for (const way of [
    () => attach('AGAIN'),
    () => call('DELETE', `/addon-attachments/${attached.json().id}`),
    () => call('DELETE', `/apps/${production.name}/addons/${own.name}`),
    () => call('DELETE', `/apps/${staging.name}/addons/${shared.name}`, { force: true }),
    () => call('DELETE', `/apps/${staging.name}`),
    () => call('DELETE', `/apps/${production.name}`),
  ]) {
    const refused = await way()
    assert.equal(refused.statusCode, 403, refused.body)
    assert.match(refused.json().message, /production of the pipeline .* is frozen until/)
  }
  assert.deepEqual(await configOf(production), before)
  assert.equal((await call('GET', `/apps/${staging.name}`)).statusCode, 200)
  const override = { stage: 'production', reason: 'it is over' }
  const overridden = await call('POST', `/pipelines/${id}/freeze-overrides`, override)
  assert.equal(overridden.statusCode, 201, overridden.body)
  assert.equal((await call('DELETE', `/apps/${production.name}`)).statusCode, 200)
})

test('add-ons and attachments are found by what people call them', async () => {
  const app = await anApp(platform)
  const addOn = await created(app)
  const resolve = async (addon: string, on: string | null = app.name) =>
    call('POST', '/actions/addons/resolve', { addon, app: on })
  for (const word of [addOn.name, addOn.id, 'DATABASE', 'heroku-postgresql', 'database'])
    assert.equal((await resolve(word)).json()[0]?.id, addOn.id, word)
  for (const word of [addOn.name, addOn.id, `${app.name}::DATABASE`])
    assert.equal((await resolve(word, null)).json()[0]?.id, addOn.id, word)
  const unknown = await resolve('nothing')
  assert.equal(unknown.statusCode, 404)
  assert.equal(unknown.json().resource, 'add_on')
  const attachment = async (word: string, on: string | null = app.name) =>
    call('POST', '/actions/addon-attachments/resolve', { addon_attachment: word, app: on })
  for (const word of ['DATABASE_URL', 'DATABASE', addOn.name, addOn.id]) {
    const [found] = (await attachment(word)).json()
    assert.equal(found?.addon.id, addOn.id, word)
    assert.equal(found.addon.plan.name, 'heroku-postgresql:essential-0')
    assert.equal(found.namespace, null)
  }
  const missing = await attachment('HEROKU_POSTGRESQL_RED')
  assert.equal(missing.statusCode, 404)
  assert.equal(missing.json().resource, 'add_on attachment')
})

test('lists, renames, services and plans', async () => {
  const app = await anApp(platform)
  const addOn = await created(app)
  const has = async (path: string) =>
    (await call('GET', path)).json().some(({ id }: Ref) => id === addOn.id)
  assert.ok(await has('/addons'))
  assert.ok(await has(`/apps/${app.name}/addons`))
  const name = `db-of-${app.name}`
  const renamed = await call('PATCH', `/apps/${app.id}/addons/${addOn.id}`, { name })
  assert.equal(renamed.json().name, name)
  assert.equal((await call('GET', `/apps/${app.name}/addons/${name}`)).json().id, addOn.id)
  const taken = await call('POST', `/apps/${app.name}/addons`, { plan: 'heroku-postgresql', name })
  assert.equal(taken.statusCode, 422)
  assert.match(taken.json().message, /already taken/)
  const plans = (await call('GET', '/addon-services/heroku-postgresql/plans')).json()
  assert.deepEqual(
    plans.filter((plan: { default: boolean }) => plan.default).map(({ name: one }: Ref) => one),
    ['heroku-postgresql:essential-0'],
  )
  assert.equal((await call('GET', '/addon-services')).json()[0].name, 'heroku-postgresql')
  assert.equal((await call('GET', '/addon-services/heroku-redis')).statusCode, 404)
  const upgraded = await call('PATCH', `/apps/${app.id}/addons/${addOn.id}`, {
    plan: { name: 'heroku-postgresql:standard-0' },
  })
  assert.equal(upgraded.statusCode, 422)
})

test('what is not offered or malformed is refused in words and leaves nothing behind', async () => {
  const app = await anApp(platform)
  for (const body of [
    { plan: 'heroku-redis' },
    { plan: 'heroku-postgresql:gold' },
    { plan: 'heroku-postgresql', config: { fork: 'DATABASE' } },
    { plan: 'heroku-postgresql', name: `x'; drop database postgres; --` },
    { plan: 'heroku-postgresql', attachment: { name: '1st' } },
    { plan: 'heroku-postgresql', attachment: { name: 'A"; drop' } },
    {},
  ]) {
    const refused = await call('POST', `/apps/${app.name}/addons`, body)
    assert.equal(refused.statusCode, 422, refused.body)
  }
  assert.deepEqual((await call('GET', `/apps/${app.name}/addons`)).json(), [])
})

test('an add-on takes deploy on its app; others do not find it', async () => {
  const team = await aTeam(platform, ['viewer', 'member'])
  const app = await anApp(platform, { team: team.name })
  const addOn = await created(app)
  const { viewer, member } = team.people
  const stranger = await platform.aPerson()
  const path = `/apps/${app.name}/addons/${addOn.name}`
  assert.equal((await call('GET', path, undefined, viewer)).statusCode, 200)
  const asViewer = await call(
    'POST',
    `/apps/${app.name}/addons`,
    { plan: 'heroku-postgresql' },
    viewer,
  )
  assert.equal(asViewer.statusCode, 403)
  assert.equal((await call('DELETE', path, undefined, viewer)).statusCode, 403)
  assert.equal((await call('GET', path, undefined, stranger)).statusCode, 404)
  assert.equal((await call('GET', `/addons/${addOn.id}`, undefined, stranger)).statusCode, 404)
  assert.deepEqual((await call('GET', '/addons', undefined, stranger)).json(), [])
  const viewersApp = await anApp(platform, { token: viewer.token })
  const taken = { addon: addOn.name, app: viewersApp.name }
  assert.equal((await call('POST', '/addon-attachments', taken, viewer)).statusCode, 403)
  assert.equal((await call('DELETE', path, undefined, member)).statusCode, 200)
})
