import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { anApp, aServingRelease, aTeam } from './support/apps.ts'
import { propertiesOf, violationsOf } from './support/json-schema.ts'
import { aTestPlatform } from './support/test-platform.ts'

/** Heroku's published hyperschema is not part of this package; where a copy lies beside it, our answers are held against it. */
const PATH = fileURLToPath(new URL('../../shared/heroku/platform-api-schema.json', import.meta.url))
const skip = existsSync(PATH) ? false : `there is no copy of Heroku's schema at ${PATH}`
const schema: unknown = skip ? undefined : JSON.parse(await readFile(PATH, 'utf8'))

const DIFFERENCES = [
  /^(team-)?app\.generation: is object/, // the CLI reads {name} and a bare name alike, Heroku sends the object
  /^(team-)?app\.(git|web)_url: /, // these are not at heroku.com
]

const platform = await aTestPlatform()
const { name: team } = await aTeam(platform, ['member'])
const app = await anApp(platform, { team })
const { slugId } = await aServingRelease(platform, app, { web: 'serve', release: 'migrate' })
await platform.call('POST', `/apps/${app.name}/domains`, { hostname: 'www.example.com' })
await platform.call('PATCH', `/apps/${app.name}/config-vars`, { FOO: 'bar' })
const buildpacks = {
  updates: ['heroku/nodejs', 'https://example.com/x.tgz'].map((buildpack) => ({ buildpack })),
}
await platform.call('PUT', `/apps/${app.name}/buildpack-installations`, buildpacks)

const invited = { email: 'ada@example.com', role: 'member' }
await platform.call('PUT', `/teams/${team}/invitations`, invited)
const own = await anApp(platform)
const offer = { app: own.name, recipient: 'ada@example.com' }
await platform.call('POST', '/account/app-transfers', offer)

const redirect_uri = 'https://example.com/callback'
await platform.call('POST', '/oauth/clients', { name: 'client', redirect_uri })
const parts = [Buffer.from('ssh-ed25519'), randomBytes(32)]
const blob = Buffer.concat(parts.flatMap((part) => [Buffer.from([0, 0, 0, part.length]), part]))
const public_key = `ssh-ed25519 ${blob.toString('base64')} ada@laptop`
await platform.call('POST', '/account/keys', { public_key })

const source_blob = { url: 'https://example.com/source.tgz', version: 'v1' }
await platform.call('POST', `/apps/${app.name}/builds`, { source_blob })

const pipeline = (
  await platform.call('POST', '/pipelines', { name: app.name, owner: { id: team, type: 'team' } })
).json<{ id: string }>().id
await platform.call('POST', '/pipeline-couplings', { app: app.id, pipeline, stage: 'staging' })

const CASES: [path: string, definition: string][] = [
  ['/account', 'account'],
  ['/users/~', 'account'],
  ['/oauth/authorizations', 'oauth-authorization'],
  ['/oauth/authorizations/~', 'oauth-authorization'],
  ['/oauth/clients', 'oauth-client'],
  ['/account/keys', 'key'],
  ['/teams', 'team'],
  [`/teams/${team}`, 'team'],
  [`/teams/${team}/members`, 'team-member'],
  [`/teams/${team}/features`, 'team-feature'],
  [`/teams/${team}/invitations`, 'team-invitation'],
  [`/teams/${team}/preferences`, 'team-preferences'],
  ['/teams/permissions', 'team-app-permission'],
  [`/teams/${team}/apps`, 'team-app'],
  ['/apps', 'app'],
  [`/apps/${app.name}`, 'app'],
  [`/apps/${app.name}/collaborators`, 'collaborator'],
  [`/teams/apps/${app.name}/collaborators`, 'team-app-collaborator'],
  ['/account/app-transfers', 'app-transfer'],
  [`/apps/${app.name}/config-vars`, 'config-var'],
  [`/apps/${app.name}/releases`, 'release'],
  [`/apps/${app.name}/releases/2`, 'release'],
  [`/apps/${app.name}/formation`, 'formation'],
  [`/apps/${app.name}/formation/web`, 'formation'],
  [`/apps/${app.name}/domains`, 'domain'],
  [`/apps/${app.name}/buildpack-installations`, 'buildpack-installation'],
  [`/apps/${app.name}/builds`, 'build'],
  [`/apps/${app.name}/slugs/${slugId}`, 'slug'],
  ['/pipelines', 'pipeline'],
  [`/pipelines/${pipeline}`, 'pipeline'],
  [`/pipelines/${pipeline}/pipeline-couplings`, 'pipeline-coupling'],
  [`/pipelines/${pipeline}/latest-releases`, 'release'],
  [`/pipelines/${pipeline}/latest-deployments`, 'release'],
  [`/pipelines/${pipeline}/latest-builds`, 'pipeline-build'],
  [`/pipelines/${pipeline}/pipeline-stack`, 'pipeline-stack'],
  ['/stacks', 'stack'],
  ['/stacks/heroku-24', 'stack'],
  ['/regions', 'region'],
  ['/dyno-sizes', 'dyno-size'],
]

for (const [path, definition] of CASES)
  test(
    `GET ${path.replace(pipeline, ':pipeline').replace(app.name, ':app').replace(team, ':team').replace(`${slugId}`, ':slug')} answers as Heroku's ${definition}`,
    { skip },
    async () => {
      const answer = await platform.call('GET', path)
      assert.equal(answer.statusCode, 200, answer.body)
      const found = [answer.json()].flat()
      assert.ok(found.length > 0, 'nothing to look at')
      for (const one of found) {
        const wrong = violationsOf(schema, `#/definitions/${definition}`, one)
        assert.deepEqual(
          wrong.filter((line) => !DIFFERENCES.some((known) => known.test(line))),
          [],
        )
        const missing = propertiesOf(schema, `#/definitions/${definition}`).filter(
          (name) => !(name in one),
        )
        assert.deepEqual(missing, [], `lacks what Heroku's ${definition} has`)
      }
    },
  )
