import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { run, type RunResult } from '#/foundation/exec.ts'
import { herokuCli } from '../support/heroku-cli.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** Tokens, OAuth clients and keys by the official CLI, unmodified: each command with what it prints. */
let platform: TestPlatform
let env: Record<string, string>

before(async () => {
  platform = await startPlatform()
  const given = assertSucceeds(await platform.sluice('env', '--json')).stdout
  env = { ...(JSON.parse(given) as Record<string, string>), HOME: platform.home }
})
after(() => platform?.stop())

const COMMAND_LIMIT_MS = 120_000

/** As whoever holds the token. */
const herokuAs = async (token: string, ...args: string[]): Promise<RunResult> =>
  run(await herokuCli(), args, {
    env: { ...env, PATH: process.env['PATH'] ?? '', HEROKU_API_KEY: token },
    cwd: platform.home,
    timeoutMs: COMMAND_LIMIT_MS,
  })
const heroku = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.heroku(...args))
  return stdout + stderr
}
const fieldOf = (name: string, text: string): string =>
  new RegExp(`^${name}: +(.*)$`, 'm').exec(text)?.[1] ?? ''

test('authorizations:create, info, update, rotate and revoke', async () => {
  const created = await heroku('authorizations:create', '-d', 'for the robot', '-e', '3600')
  const id = fieldOf('ID', created)
  const token = fieldOf('Token', created)
  assert.match(token, /^sluice-[0-9a-f]{64}$/)
  assert.match(created, /Client: +<none>/)
  assert.equal(fieldOf('Scope', created), 'global')
  assert.match(fieldOf('Expires at', created), /in about 1 hour/)
  assert.match((await herokuAs(token, 'auth:whoami')).stdout, /operator@localhost/)

  assert.match(await heroku('authorizations'), /for the robot\s+[0-9a-f-]{36}\s+global/)
  const info = await heroku('authorizations:info', id)
  assert.equal(fieldOf('Description', info), 'for the robot')
  assert.match(fieldOf('Token', info), /^sluice-..\*{10}....$/)
  const updated = await heroku('authorizations:update', id, '-d', 'for another robot')
  assert.equal(fieldOf('Description', updated), 'for another robot')

  const rotated = fieldOf('Token', await heroku('authorizations:rotate', id))
  assert.notEqual(rotated, token)
  assert.notEqual((await herokuAs(token, 'apps')).code, 0)
  assertSucceeds(await herokuAs(rotated, 'apps'))
  assert.match(await heroku('authorizations:revoke', id), /revoked.*for another robot/)
  assert.notEqual((await herokuAs(rotated, 'apps')).code, 0)
  assert.doesNotMatch(await heroku('authorizations'), /for another robot/)
})

test('a token of a narrow scope is told which scope would do', async () => {
  await heroku('apps:create', 'scoped', '--no-remote')
  await heroku('config:set', 'SECRET=hidden', '-a', 'scoped')
  const create = async (...scope: string[]): Promise<string> => {
    const made = await platform.heroku('authorizations:create', '-S', '-s', scope.join(','))
    return assertSucceeds(made).stdout.trim()
  }
  const reader = await create('read')
  assert.match(assertSucceeds(await herokuAs(reader, 'apps')).stdout, /scoped/)
  assertSucceeds(await herokuAs(reader, 'releases', '-a', 'scoped'))
  const refused = await herokuAs(reader, 'config', '-a', 'scoped')
  assert.notEqual(refused.code, 0)
  assert.match(
    refused.stderr.replaceAll(/[\s›]+/g, ' '),
    /takes a token with the scope read-protected/,
  )
  const both = await create('identity', 'read-protected')
  assert.match(assertSucceeds(await herokuAs(both, 'config', '-a', 'scoped')).stdout, /hidden/)
  const changed = await herokuAs(both, 'config:set', 'A=b', '-a', 'scoped')
  assert.match(changed.stderr.replaceAll(/[\s›]+/g, ' '), /scope write-protected/)
  const wider = await herokuAs(both, 'authorizations:create')
  assert.match(wider.stderr.replaceAll(/[\s›]+/g, ' '), /scope global/)
  const unknown = await platform.heroku('authorizations:create', '-s', 'everything')
  assert.notEqual(unknown.code, 0)
  assert.match(unknown.stderr.replaceAll(/[\s›]+/g, ' '), /scope must be some of global, identity/)
})

test('clients:create, info, update, rotate and destroy; a token can be bound to a client', async () => {
  const created = await heroku('clients:create', 'Amazing', 'https://example.com/callback')
  const id = /HEROKU_OAUTH_ID=(\S+)/.exec(created)?.[1] ?? ''
  const secret = /HEROKU_OAUTH_SECRET=(\S+)/.exec(created)?.[1] ?? ''
  assert.match(secret, /^[0-9a-f]{64}$/)
  assert.match(
    await heroku('clients'),
    /Amazing\s+[0-9a-f-]{36}\s+https:\/\/example\.com\/callback/,
  )
  const info = await heroku('clients:info', id)
  assert.match(info, /=== Amazing/)
  assert.match(fieldOf('secret', info), /^.{9}\*{10}.{4}$/)
  await heroku('clients:update', id, '--name', 'More amazing', '--url', 'http://localhost:3000/')
  assert.match(await heroku('clients'), /More amazing\s+\S+\s+http:\/\/localhost:3000\//)
  const insecure = await platform.heroku('clients:update', id, '--url', 'http://127.0.0.1/')
  assert.match(insecure.stderr.replaceAll(/[\s›]+/g, ' '), /redirect_uri must begin with https/)
  const rotated = await heroku('clients:rotate', id, '--shell')
  const newSecret = /HEROKU_OAUTH_SECRET=(\S+)/.exec(rotated)?.[1] ?? ''
  assert.match(newSecret, /^[0-9a-f]{64}$/)

  const authorization = await heroku('authorizations:create', '-d', 'bound')
  const update = (given: string) =>
    platform.heroku(
      'authorizations:update',
      fieldOf('ID', authorization),
      ...['--client-id', id, '--client-secret', given],
    )
  assert.match((await update(secret)).stderr, /no OAuth client of that id and secret/)
  const bound = assertSucceeds(await update(newSecret)).stdout
  assert.equal(fieldOf('Client', bound), 'More amazing')
  assert.equal(fieldOf('Redirect URI', bound), 'http://localhost:3000/')
  await heroku('clients:destroy', id)
  assert.match(await heroku('clients'), /No OAuth clients/)
  assert.notEqual((await herokuAs(fieldOf('Token', authorization), 'apps')).code, 0)
})

test('sluice authorizations and sluice clients speak in the same words', async () => {
  const sluice = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = assertSucceeds(await platform.sluice(...args))
    return stdout + stderr
  }
  const client = await sluice('clients:create', 'Grand', 'https://example.com/callback')
  const clientId = /HEROKU_OAUTH_ID=(\S+)/.exec(client)?.[1] ?? ''
  assert.match(client, /Creating Grand\.\.\. done/)
  await sluice('clients:update', clientId, '--name', 'Grander')
  assert.match(await sluice('clients'), /Grander\s+[0-9a-f-]{36}\s+https:\/\/example\.com/)
  assert.match(await sluice('clients:info', clientId), /=== Grander[\s\S]*secret: +.{9}\*{10}/)
  const rotated = await sluice('clients:rotate', clientId, '--shell')
  const secret = /HEROKU_OAUTH_SECRET=([0-9a-f]{64})/.exec(rotated)?.[1] ?? ''

  const created = await sluice('authorizations:create', '-d', 'by hand', '-e', '3600', '-s', 'read')
  const id = fieldOf('ID', created)
  const token = fieldOf('Token', created)
  assert.match(created, /Creating OAuth Authorization\.\.\. done/)
  assert.equal(fieldOf('Scope', created), 'read')
  assertSucceeds(await herokuAs(token, 'apps'))
  assert.match(await sluice('authorizations'), /by hand\s+[0-9a-f-]{36}\s+read/)
  const bind = ['--client-id', clientId, '--client-secret', secret]
  assert.equal(fieldOf('Client', await sluice('authorizations:update', id, ...bind)), 'Grander')
  assert.match(await sluice('authorizations:info', id), /Token: +sluice-..\*{10}....$/m)
  assert.notEqual(fieldOf('Token', await sluice('authorizations:rotate', id)), token)
  assert.match(await sluice('authorizations:revoke', id), /revoked authorization from by hand/)
  assert.match(await sluice('clients:destroy', clientId), /Destroying \S+\.\.\. done/)
  assert.match(await sluice('clients'), /No OAuth clients/)
})

test('keys, keys:add, keys:remove and keys:clear', async () => {
  assert.match(await heroku('keys'), /You have no SSH keys/)
  await mkdir(join(platform.home, '.ssh'))
  const keys = ['one', 'two', 'three'].map((name) => join(platform.home, '.ssh', name))
  for (const [index, path] of keys.entries()) {
    const type = index === 0 ? ['rsa', '-b', '2048'] : ['ed25519']
    const comment = `ada@machine-${index}`
    await run('ssh-keygen', ['-q', '-t', ...type, '-N', '', '-C', comment, '-f', path])
    assert.match(await heroku('keys:add', `${path}.pub`), /Uploading .*done/s)
  }
  const list = await heroku('keys')
  assert.match(list, /=== .*operator@localhost.* keys/)
  assert.match(list, /ssh-rsa AAAAB3NzaC\.\.\.\S+ ada@machine-0/)
  assert.match(await heroku('keys', '--long'), /ssh-ed25519 AAAA\S+ ada@machine-1/)
  const again = await platform.heroku('keys:add', `${keys[0]}.pub`)
  assert.match(again.stderr, /in use already/)
  const own = await platform.heroku('keys:add', keys[1] ?? '')
  assert.match(own.stderr.replaceAll(/[\s›]+/g, ' '), /This is a private key/)
  assert.match(await heroku('keys:remove', 'ada@machine-1'), /Removing .*done/s)
  assert.doesNotMatch(await heroku('keys'), /ada@machine-1/)
  await heroku('keys:clear')
  assert.match(await heroku('keys'), /You have no SSH keys/)
})

test('auth:token prints the token, and auth:logout ends the one that was signed in with', async () => {
  const created = await heroku('authorizations:create', '-d', 'a login')
  const token = fieldOf('Token', created)
  assert.equal(assertSucceeds(await herokuAs(token, 'auth:token')).stdout.trim(), token)
  assert.match((await herokuAs(token, 'auth:whoami')).stdout, /operator@localhost/)
  assertSucceeds(await herokuAs(token, 'auth:logout'))
  const after_ = await herokuAs(token, 'auth:whoami')
  assert.notEqual(after_.code, 0)
  assert.doesNotMatch(await heroku('authorizations'), /a login/)
  assert.match(await heroku('auth:whoami'), /operator@localhost/)
})
