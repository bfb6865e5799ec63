import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { newId } from '#/foundation/ids.ts'
import { readFileSync } from 'node:fs'
import { until } from '../../test/support/until.ts'
import { killSandbox } from './end-sandbox.ts'

test('a process of a sandbox that has not joined its cgroup is found by its name', async () => {
  const name = `dyno-${newId()}-1`
  const child = start('/bin/bash', ['-c', 'exec -a "$0" sleep 60', name], {
    stdio: 'ignore',
    env: hostEnvironment(),
  })
  const isThere = (): boolean =>
    readFileSync(`/proc/${child.pid}/cmdline`, 'latin1').startsWith(`${name}\0`)
  await until(isThere, { what: 'the process' })
  assert.equal(await killSandbox(name), 1)
  assert.equal((await ended(child)).signal, 'SIGKILL')
})
