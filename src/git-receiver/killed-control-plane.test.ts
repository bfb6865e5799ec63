import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { aName } from '../../test/support/apps.ts'
import { aControlPlane } from '../../test/support/control-plane.ts'
import { aBuildpack, aWorkingCopy, type WorkingCopy } from '../../test/support/git-platform.ts'
import { until } from '../../test/support/until.ts'

const plane = await aControlPlane()
const buildpack = await aBuildpack()

type Shown = {
  id: string
  status: string
  failure_reason: string | null
  output_stream_url: string
}
const builds = (app: string): Promise<Shown[]> => plane.call('GET', `/apps/${app}/builds`)

const aPushedApp = async (): Promise<{ app: string; copy: WorkingCopy; commit: string }> => {
  const app = aName()
  await plane.call('POST', '/apps', { name: app })
  const updates = [{ buildpack }]
  await plane.call('PUT', `/apps/${app}/buildpack-installations`, { updates })
  const copy = await aWorkingCopy({ Procfile: 'worker: true\n' })
  const commit = (await copy.git('rev-parse', 'HEAD')).stdout.trim()
  return { app, copy, commit }
}

const untilEnded = (app: string): Promise<Shown> =>
  until(
    async () => {
      const [build] = await builds(app)
      return build?.status === 'pending' ? undefined : build
    },
    { limitMs: 60_000, everyMs: 50, what: 'the end of the build' },
  )

type BranchEvent = { resource: string; before: unknown; after: unknown; actor: { email: string } }

const branchEvents = async (app: string): Promise<Pick<BranchEvent, 'before' | 'after'>[]> =>
  (await plane.call<BranchEvent[]>('GET', `/apps/${app}/events`))
    .filter(({ resource }) => resource === 'branch')
    .map(({ before, after }) => ({ before, after }))

for (const failpoint of ['build-after-source', 'build-after-build', 'build-released'])
  test(`a control plane that is killed at ${failpoint} ends the build and moves the branch after its next start`, async () => {
    await plane.start(failpoint)
    const { app, copy, commit } = await aPushedApp()
    const pushed = await copy.git('push', await plane.urlOf(app), 'main')
    assert.notEqual(pushed.code, 0)
    await plane.ended()
    await plane.start()
    const build = await untilEnded(app)
    assert.equal(build.status, 'succeeded', build.failure_reason ?? '')
    await until(
      async () => {
        const listed = await copy.git('ls-remote', await plane.urlOf(app), 'refs/heads/main')
        return listed.stdout.startsWith(commit)
      },
      { limitMs: 60_000, everyMs: 100, what: 'the branch to be moved' },
    )
    const output = await (await fetch(build.output_stream_url)).text()
    assert.equal(output.match(/compiling/g)?.length, 1, output)
    assert.match(output, /Released v2/)
    const releases = await plane.call<{ version: number }[]>('GET', `/apps/${app}/releases`)
    assert.deepEqual(
      releases.map(({ version }) => version),
      [1, 2],
    )
    assert.equal((await builds(app)).length, 1)
    assert.deepEqual(await branchEvents(app), [{ before: { main: null }, after: { main: commit } }])
    await until(
      async () => (await readdir(plane.paths.builds)).every((name) => name.endsWith('.log')),
      {
        limitMs: 30_000,
        what: 'the workspaces to be removed',
      },
    )
    await copy.commit({ Procfile: 'worker: false\n' })
    const again = await copy.git('push', await plane.urlOf(app), 'main')
    assert.equal(again.code, 0, again.stderr)
    await plane.kill()
  })

for (const pushed of ['main', 'main:topic'])
  test(`a control plane that is killed once git has moved a branch (${pushed}) still tells of it`, async () => {
    await plane.start()
    const { app, copy, commit } = await aPushedApp()
    await plane.arm('branches-moved')
    await copy.git('push', await plane.urlOf(app), pushed)
    await plane.ended()
    await plane.start()
    const name = pushed.split(':').at(-1) ?? ''
    await until(async () => (await branchEvents(app)).length > 0, {
      limitMs: 60_000,
      what: 'the event of the branch',
    })
    await plane.untilNone('tidy-builds')
    assert.deepEqual(await branchEvents(app), [
      { before: { [name]: null }, after: { [name]: commit } },
    ])
    const { rows } = await plane.pool.query('select id from branch_moves')
    assert.deepEqual(rows, [])
    await plane.kill()
  })
