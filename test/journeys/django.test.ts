import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/** A Django app, from the first push to production, through the official CLI and git. */
let platform: TestPlatform

before(async () => {
  platform = await startPlatform()
})
after(() => platform?.stop())

const heroku = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = assertSucceeds(await platform.heroku(...args))
  return stdout + stderr
}

test('a Django app is built, migrated on its own database, and serves with its static files', async () => {
  await heroku('apps:create', 'django-staging', '--no-remote')
  await heroku('addons:create', 'heroku-postgresql', '-a', 'django-staging')
  const source = await platform.aRepository('django', { example: 'django' })
  assertSucceeds(
    await platform.git(
      source,
      'remote',
      'add',
      'heroku',
      `https://localhost:${platform.port}/django-staging.git`,
    ),
  )
  const pushed = assertSucceeds(await platform.git(source, 'push', 'heroku', 'main')).stderr
  assert.match(pushed, /-----> Python app detected/)
  assert.match(pushed, /-----> Installing python-3\.\d+/)
  assert.match(pushed, /collectstatic/)
  assert.match(pushed, /Applying guestbook\.0001_initial\.\.\. OK/)
  const page = await platform.request('django-staging')
  assert.equal(page.status, 200, page.body)
  assert.match(page.body, /Guestbook, version 1/)
  const [, stylesheet = ''] = /href="([^"]+\.css)"/.exec(page.body) ?? []
  assert.equal((await platform.request('django-staging', stylesheet)).status, 200)
})

test('its promotion migrates the database of production and serves there', async () => {
  await heroku('apps:create', 'django-production', '--no-remote')
  await heroku('addons:create', 'heroku-postgresql', '-a', 'django-production')
  await heroku('pipelines:create', 'django', '-a', 'django-staging', '-s', 'staging')
  await heroku('pipelines:add', 'django', '-a', 'django-production', '-s', 'production')
  assert.match(
    await heroku('pipelines:promote', '-a', 'django-staging'),
    /Applying guestbook\.0001_initial|succeeded/,
  )
  const page = await platform.request('django-production')
  assert.equal(page.status, 200, page.body)
  assert.match(page.body, /Guestbook, version 1/)
})
