import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { aName, aTeam, anApp } from '../../test/support/apps.ts'
import { aGitPlatform, aWorkingCopy, runGit } from '../../test/support/git-platform.ts'
import { aTestPlatform } from '../../test/support/test-platform.ts'

const host = await aGitPlatform(aTestPlatform)
const { call, platform, urlOf, origin } = host

test('a branch that is not deployed is kept, and can be fetched again', async () => {
  const app = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  const pushed = await copy.git('push', urlOf(app.name), 'main:topic', 'main:refs/tags/v1')
  assert.equal(pushed.code, 0, pushed.stderr)
  assert.match(pushed.stderr, /remote: Pushed to non-main branch, skipping build\./)
  const listed = await copy.git('ls-remote', urlOf(app.name))
  assert.match(listed.stdout, /refs\/heads\/topic\n.*refs\/tags\/v1/)
  const fetched = await copy.git('fetch', '--quiet', urlOf(app.id), 'topic')
  assert.equal(fetched.code, 0, fetched.stderr)
  const deleted = await copy.git('push', urlOf(app.name), ':topic')
  assert.equal(deleted.code, 0, deleted.stderr)
})

test('a push to a branch that is not deployed is an event of the app, with where it has moved', async () => {
  const app = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  const commit = (await copy.git('rev-parse', 'HEAD')).stdout.trim()
  await copy.git('push', urlOf(app.name), 'main:refs/tags/v1')
  await copy.git('push', urlOf(app.name), 'main:topic', 'main:other')
  await copy.git('push', urlOf(app.name), ':topic')
  const events = (await call('GET', `/apps/${app.name}/events`)).json<
    { resource: string; before: unknown; after: unknown }[]
  >()
  assert.deepEqual(
    events
      .filter(({ resource }) => resource === 'branch')
      .map(({ before, after }) => ({ before, after })),
    [
      { before: { topic: null, other: null }, after: { topic: commit, other: commit } },
      { before: { topic: commit }, after: { topic: null } },
    ],
  )
})

test('without a token, or with a wrong one, git is asked for one', async () => {
  const app = await anApp(host)
  for (const headers of [{}, { authorization: 'Basic bm86bm8=' }]) {
    const answer = await fetch(`${origin}/${app.name}.git/info/refs?service=git-upload-pack`, {
      headers,
    })
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm=/)
  }
})

test('an app that one may not see is no app, and one that one may only see is forbidden', async () => {
  const { name } = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  const stranger = await host.aPerson()
  for (const [app, token] of [
    [name, stranger.token],
    [aName(), host.token],
  ] as const) {
    const pushed = await copy.git('push', urlOf(app, token), 'main:topic')
    assert.notEqual(pushed.code, 0)
    assert.match(pushed.stderr, new RegExp(`No such app as ${app}\\.|not found`))
  }
  const { name: team, people } = await aTeam(host, ['viewer'])
  const seen = await anApp(host, { team })
  const pushed = await copy.git('push', urlOf(seen.name, people.viewer.token), 'main:topic')
  assert.notEqual(pushed.code, 0)
  const refusals = (await call('GET', `/apps/${seen.name}/events?result=refused`)).json()
  assert.deepEqual(
    refusals.map(({ actor, after }: { actor: { email: string }; after: { needs: string } }) => [
      actor.email,
      after.needs,
    ]),
    [[people.viewer.email, 'app:deploy']],
  )
})

test('what is not of the smart protocol is not served', async () => {
  const app = await anApp(host)
  for (const path of ['HEAD', 'config', 'objects/info/packs', 'info/refs', '../x.git/HEAD']) {
    const answer = await fetch(`${origin}/${app.name}.git/${path}`, {
      headers: { authorization: `Bearer ${host.token}` },
    })
    assert.equal(answer.status, 404, path)
  }
})

test('a request may be compressed', async () => {
  const app = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  await copy.git('push', urlOf(app.name), 'main:topic')
  const answer = await fetch(`${origin}/${app.name}.git/git-upload-pack`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${host.token}`,
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
      'git-protocol': 'version=2',
    },
    body: gzipSync('0014command=ls-refs\n0000'),
  })
  assert.equal(answer.status, 200)
  assert.match(await answer.text(), /refs\/heads\/topic/)
})

test('a push that is refused leaves no objects and no quarantine', async () => {
  const app = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  for (const refs of [['main', 'main:master'], ['main:refs/notes/x'], ['main:refs/builds/x']]) {
    const pushed = await copy.git('push', urlOf(app.name), ...refs)
    assert.notEqual(pushed.code, 0, refs.join())
  }
  const objects = join(platform.paths.git, `${app.id}.git`, 'objects')
  assert.deepEqual((await readdir(objects)).sort(), ['info', 'pack'])
  assert.deepEqual(await readdir(join(objects, 'pack')), [])
})

test('a destroyed app takes no push', async () => {
  const app = await anApp(host)
  await call('DELETE', `/apps/${app.name}`)
  const answer = await runGit('/', 'ls-remote', urlOf(app.name))
  assert.notEqual(answer.code, 0)
})

test('fetching takes a token that may read, pushing one that may write', async () => {
  const app = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  await copy.git('push', urlOf(app.name), 'main:topic')
  const aToken = async (scope: string): Promise<string> =>
    (await call('POST', '/oauth/authorizations', { scope: [scope] })).json().access_token.token
  for (const [scope, mayFetch, mayPush] of [
    ['identity', false, false],
    ['read', true, false],
    ['read-protected', true, false],
    ['write', true, true],
    ['write-protected', true, true],
    ['global', true, true],
  ] as const) {
    const url = urlOf(app.name, await aToken(scope))
    assert.equal((await copy.git('ls-remote', url)).code === 0, mayFetch, `${scope} fetches`)
    assert.equal((await copy.git('fetch', '-q', url, 'topic')).code === 0, mayFetch, scope)
    const pushed = await copy.git('push', url, `main:${scope}`)
    assert.equal(pushed.code === 0, mayPush, `${scope} pushes: ${pushed.stderr}`)
  }
  // git asks once before it pushes; neither request may be enough by itself.
  const reader = `Bearer ${await aToken('read')}`
  for (const [method, path] of [
    ['GET', 'info/refs?service=git-receive-pack'],
    ['POST', 'git-receive-pack'],
  ] as const) {
    const headers = { authorization: reader }
    const answer = await fetch(`${origin}/${app.name}.git/${path}`, { method, headers })
    assert.equal(answer.status, 403)
    assert.match(await answer.text(), /scope \(read\).*scope write/)
  }
})

test('a deploy token is the password for its own app, until it is revoked', async () => {
  const app = await anApp(host)
  const other = await anApp(host)
  const copy = await aWorkingCopy({ readme: 'hello' })
  const made = (await call('POST', `/apps/${app.name}/deploy-tokens`, {})).json()
  const push = (name: string) => copy.git('push', urlOf(name, made.token), 'main:topic')
  assert.equal((await push(app.name)).code, 0)
  assert.match((await push(other.name)).stderr, /No such app|not found/)
  assert.equal((await call('DELETE', `/deploy-tokens/${made.id}`)).statusCode, 200)
  assert.notEqual((await push(app.name)).code, 0)
})
