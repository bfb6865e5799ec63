import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildWantedDyno, type WantedDynoRow } from './wanted-dyno.ts'

const row: WantedDynoRow = {
  id: 'd1',
  appId: 'a1',
  appName: 'shop',
  stack: 'heroku-24',
  kind: 'kept',
  hasStarted: false,
  type: 'web',
  number: 2,
  size: 'Standard-2X',
  command: 'serve',
  digest: null,
  tty: null,
  attached: false,
  marks: null,
  healthPath: null,
  logsUsage: false,
}

test('a dyno has the config of its release and knows its own name', () => {
  const { env, name, web, memoryBytes, diskBytes } = buildWantedDyno(
    row,
    { KEY: 'value', DYNO: 'forged' },
    { TERM: 'xterm' },
  )
  assert.deepEqual(env, {
    KEY: 'value',
    TERM: 'xterm',
    DYNO: 'web.2',
    STACK: 'heroku-24',
    HEROKU_APP_NAME: 'shop',
  })
  assert.deepEqual([name, web, memoryBytes], ['web.2', true, 1024 * 1024 * 1024])
  assert.equal(diskBytes, 4 * 1024 * 1024 * 1024)
})

test('a health path and the wish to see what it uses are told where there are any', () => {
  const plain = buildWantedDyno(row, {}, {})
  assert.deepEqual([plain.healthPath, plain.logsUsage], [undefined, undefined])
  const asked = buildWantedDyno({ ...row, healthPath: '/health', logsUsage: true }, {}, {})
  assert.deepEqual([asked.healthPath, asked.logsUsage], ['/health', true])
})

test('of what runs once, and of nothing else, it is told that it has started', () => {
  const isTold = (kind: 'kept' | 'once', hasStarted: boolean) =>
    buildWantedDyno({ ...row, kind, hasStarted }, {}, {}).hasStarted
  assert.deepEqual([isTold('once', true), isTold('once', false)], [true, undefined])
  assert.equal(isTold('kept', true), undefined)
})

test('only a kept web dyno listens, and only a release phase has a limit of time', () => {
  assert.equal(buildWantedDyno({ ...row, kind: 'once', type: 'web' }, {}, {}).web, false)
  assert.equal(buildWantedDyno(row, {}, {}).timeLimitMs, null)
  assert.ok(
    (buildWantedDyno({ ...row, kind: 'once', type: 'release' }, {}, {}).timeLimitMs ?? 0) > 0,
  )
})
