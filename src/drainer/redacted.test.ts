import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#/foundation/ids.ts'
import { anApp } from '../../test/support/apps.ts'
import { anHttpsReceiver, anIdentity } from '../../test/support/drains.ts'
import { aRunningPlatform } from '../../test/support/running-platform.ts'
import { until } from '../../test/support/until.ts'
import { Drain } from './drain.ts'

/** A real app that prints what it should not, and who reads its drain. */
const running = await aRunningPlatform()
const { call, aSlug } = running
const { paths, logs, log } = running.platform
const SECRET = 'c4nary-5f2e9d'

test('secrets that an app prints are taken out before they reach a drain', async () => {
  const identity = await anIdentity()
  await using receiver = await anHttpsReceiver(identity)
  const app = await anApp(running)
  const url = `https://localhost:${receiver.port}/`
  const wanted = { id: newId(), appId: app.id, token: `d.${newId()}`, url }
  const drain = new Drain(
    { ...wanted, createdAt: new Date(Date.now() - 1_000).toISOString() },
    {
      logsDir: paths.logs,
      dir: join(paths.root, 'drains'),
      privateHosts: ['localhost'],
      append: logs.append,
      log,
      ca: identity.ca,
    },
  )
  try {
    const vars = { API_KEY: SECRET, DATABASE_URL: `postgres://me:${SECRET}-db@db.test/x` }
    await call('PATCH', `/apps/${app.name}/config-vars`, vars)
    const tell = 'echo "the key is $API_KEY"; echo "the database $DATABASE_URL"; exec sleep 1000'
    const { id } = await aSlug(app.id, { page: 'x' }, { worker: tell })
    await call('POST', `/apps/${app.name}/releases`, { slug: id })
    await call('PATCH', `/apps/${app.name}/formation/worker`, { quantity: 1 })
    const heard = (): string => receiver.messages().join('')
    await until(() => heard().includes('worker.1 - the database'), { limitMs: 60_000 })
    assert.match(heard(), /the key is \[REDACTED\]/)
    assert.ok(!heard().includes(SECRET), heard())
  } finally {
    await drain.stop()
  }
})
