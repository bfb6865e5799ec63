import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES, covers, type Scope } from '#/platform/event/scope.ts'
import type { Route } from '#/platform/route.ts'
import { aName, anApp, aServingRelease } from '../../test/support/apps.ts'
import { aPipeline } from '../../test/support/pipelines.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'
import { reachOf, scopeOf } from './check-token.ts'
import { routes } from './routes.ts'

const platform = await aTestPlatform()
const { call } = platform

const aToken = async (...scope: Scope[]): Promise<string> => {
  const made = await call('POST', '/oauth/authorizations', { scope })
  assert.equal(made.statusCode, 201, made.body)
  return made.json().access_token.token
}
const tokens = Object.fromEntries(
  await Promise.all(SCOPES.map(async (scope) => [scope, await aToken(scope)] as const)),
) as Record<(typeof SCOPES)[number], string>

const pathsThatTake = (scope: Scope): string[] =>
  routes
    .filter((route) => reachOf(route) !== 'open' && scopeOf(route) === scope)
    .map(({ method, path }) => `${method} ${path}`)
    .toSorted()

test('a wider scope covers what a narrower one does', () => {
  const chains: Scope[][] = [
    ['identity', 'read', 'deploy', 'write', 'write-protected', 'global'],
    ['read', 'read-protected', 'write-protected'],
  ]
  for (const chain of chains)
    for (const [index, narrow] of chain.entries())
      for (const wide of chain.slice(index)) {
        assert.ok(covers([wide], narrow), `${wide} covers ${narrow}`)
        assert.equal(covers([narrow], wide), narrow === wide, `${narrow} covers ${wide}`)
      }
  assert.ok(!covers(['write'], 'read-protected'))
  assert.ok(!covers(['read-protected'], 'write'))
  assert.ok(!covers([], 'identity'))
})

test('what shows or changes secrets takes a protected scope', () => {
  assert.deepEqual(pathsThatTake('read-protected'), [
    'GET /apps/:app/config-vars',
    'GET /apps/:app/config-vars/marks',
    'GET /apps/:app/log-drains',
    'GET /apps/:app/log-drains/:drain',
    'GET /apps/:app/releases/:release/config-vars',
    'GET /pipelines/:pipeline/stage/:stage/config-vars',
  ])
  assert.deepEqual(pathsThatTake('write-protected'), [
    'DELETE /apps/:app/log-drains/:drain',
    'PATCH /apps/:app/config-vars',
    'PATCH /apps/:app/config-vars/marks',
    'PATCH /apps/:app/dynos/:dyno/terminal',
    'PATCH /pipelines/:pipeline/stage/:stage/config-vars',
    'POST /apps/:app/dynos',
    'POST /apps/:app/log-drains',
  ])
  assert.deepEqual(pathsThatTake('identity'), ['GET /account'])
})

test('what says who may do what takes global', () => {
  const global = pathsThatTake('global')
  const management = routes.filter(({ path }) => path.startsWith('/oauth/'))
  assert.ok(management.length > 10)
  for (const { method, path } of management) assert.ok(global.includes(`${method} ${path}`), path)
  for (const { method, path } of routes.filter((one) => one.method !== 'GET' && isOfPeople(one)))
    assert.ok(global.includes(`${method} ${path}`), `${method} ${path}`)
})

/** Whoever may change one of these could give away, or take, more than the token itself may do. */
const isOfPeople = (route: Route): boolean =>
  reachOf(route) !== 'open' &&
  (/^\/(account|users|teams)\b(?!\/apps$)/.test(route.path) ||
    /collaborators|members|invitations|transfers|tokens|password|keys|audit/.test(route.path))

test('a route that has nothing to say of scopes is not mounted', () => {
  const [any] = routes
  assert.ok(any)
  const silent = { ...any, access: { name: 'silent', find: async () => undefined } }
  assert.throws(() => reachOf(silent), /declares neither/)
})

test('each route refuses a token of each scope that does not cover it, before it looks at anything', async () => {
  for (const route of routes.filter((one) => reachOf(one) !== 'open')) {
    const needed = scopeOf(route)
    const path = route.path.replaceAll(/:\w+/g, '~')
    for (const scope of SCOPES.filter((held) => !covers([held], needed))) {
      const refused = await call(route.method, path, undefined, { token: tokens[scope] })
      assert.equal(refused.statusCode, 403, `${scope}: ${route.method} ${path}: ${refused.body}`)
      assert.equal(refused.json().id, 'forbidden')
      const would = needed === 'deploy' ? 'write' : needed
      assert.ok(refused.json().message.endsWith(`the scope ${would}.`), refused.body)
    }
  }
})

test('tokens do just what their scopes say', async () => {
  const app = await anApp(platform)
  await aServingRelease(platform, app, { web: 'serve' })
  await call('PATCH', `/apps/${app.name}/config-vars`, { SECRET: 'canary' })
  const at = `/apps/${app.name}`
  const asked = [
    ['GET', '/account'],
    ['GET', '/apps'],
    ['GET', at],
    ['GET', `${at}/releases`],
    ['POST', `${at}/log-sessions`, {}],
    ['GET', `${at}/config-vars`],
    ['GET', `${at}/releases/2/config-vars`],
    ['PATCH', at, { maintenance: false }],
    ['POST', `${at}/releases`, { release: '2' }],
    ['PATCH', `${at}/config-vars`, { OTHER: 'value' }],
    ['POST', `${at}/dynos`, { command: 'env' }],
    ['GET', '/oauth/authorizations'],
    ['POST', '/oauth/authorizations', {}],
    ['GET', '/oauth/clients'],
    ['PATCH', '/account', { name: 'Ada' }],
  ] as const
  const ALLOWED: Record<(typeof SCOPES)[number], string> = {
    identity: '1 0000 00 00 00 00000',
    read: '1 1111 00 00 00 00000',
    'read-protected': '1 1111 11 00 00 00000',
    write: '1 1111 00 11 00 00000',
    'write-protected': '1 1111 11 11 11 00000',
    global: '1 1111 11 11 11 11111',
  }
  for (const scope of SCOPES) {
    const expected = ALLOWED[scope].replaceAll(' ', '')
    for (const [index, [method, path, body]] of asked.entries()) {
      const { statusCode, body: answer } = await call(method, path, body, { token: tokens[scope] })
      const isAllowed = expected[index] === '1'
      if (isAllowed) assert.ok(statusCode < 300, `${scope}: ${method} ${path}: ${answer}`)
      else assert.equal(statusCode, 403, `${scope}: ${method} ${path}: ${answer}`)
    }
  }
})

test('several scopes add up', async () => {
  const app = await anApp(platform)
  const token = await aToken('write', 'read-protected')
  const answers = await Promise.all([
    call('GET', `/apps/${app.name}/config-vars`, undefined, { token }),
    call('PATCH', `/apps/${app.name}`, { maintenance: false }, { token }),
    call('PATCH', `/apps/${app.name}/config-vars`, { A: 'b' }, { token }),
  ])
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [200, 200, 403],
  )
})

test('a narrow token promotes if it may write, and learns nothing of what it may not see', async () => {
  const pipeline = await aPipeline(platform)
  const body = {
    pipeline: { id: pipeline.id },
    source: { app: { id: pipeline.staging.id } },
    targets: [{ app: { id: pipeline.production.id } }],
  }
  const promote = (token: string) => call('POST', '/pipeline-promotions', body, { token })
  assert.equal((await promote(tokens.read)).statusCode, 403)
  assert.equal((await promote(tokens.write)).statusCode, 201)
  for (const name of [pipeline.staging.name, aName()]) {
    const path = `/apps/${name}/config-vars`
    const refused = await call('GET', path, undefined, { token: tokens.read })
    assert.equal(refused.statusCode, 403)
    assert.ok(!refused.body.includes(name))
  }
})

test('a token never makes a wider one than itself', async () => {
  for (const scope of SCOPES.filter((one) => one !== 'global'))
    for (const wanted of SCOPES) {
      const token = { token: tokens[scope] }
      const made = await call('POST', '/oauth/authorizations', { scope: [wanted] }, token)
      assert.equal(made.statusCode, 403, `${scope} made ${wanted}`)
    }
})
