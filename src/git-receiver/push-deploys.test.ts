import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  aBuildpack,
  aGitPlatform,
  anAppBuiltBy,
  aWorkingCopy,
  type WorkingCopy,
} from '../../test/support/git-platform.ts'
import { aRunningPlatform } from '../../test/support/running-platform.ts'

const host = await aGitPlatform(aRunningPlatform)
const { call, urlOf, origin } = host
const app = await anAppBuiltBy(host, await aBuildpack())
const copy: WorkingCopy = await aWorkingCopy({ Procfile: 'worker: sleep 600\n' })

/** Pushes this Procfile; the lines that git showed. */
const pushed = async (procfile: string): Promise<string[]> => {
  await copy.commit({ Procfile: procfile })
  const { code, stderr } = await copy.git('push', urlOf(app.name), 'main')
  assert.equal(code, 0, stderr)
  return stderr.split('\n').map((line) => line.replace(/^remote: ?/, '').trimEnd())
}
const assertShows = (lines: string[], ...expected: string[]): void => {
  const at = expected.map((line) => lines.indexOf(line))
  const isInOrder = at.every((line, index) => line > (at[index - 1] ?? -1))
  assert.ok(isInOrder, `${JSON.stringify(expected)}\n${lines.join('\n')}`)
}
type Shown = { version: number; status: string; current: boolean; output_stream_url: string | null }
const newestRelease = async (): Promise<Shown | undefined> =>
  (await call('GET', `/apps/${app.name}/releases`)).json<Shown[]>().at(-1)
const outputOf = async (release: Shown | undefined): Promise<string> => {
  const { pathname, search } = new URL(release?.output_stream_url ?? '')
  return (await fetch(`${origin}${pathname}${search}`)).text()
}

test('the release command is followed on the stream of the push, and can be read later', async () => {
  const lines = await pushed('worker: sleep 600\nrelease: echo migrating; sleep 0.2; printf done\n')
  assertShows(
    lines,
    '-----> Launching...',
    ' !     Release command declared: this new release will not be available until the command succeeds.',
    '       Released v2',
    'Running release command...',
    'migrating',
    'done',
    'Waiting for release.... done.',
    'Starting v2... done.',
  )
  const release = await newestRelease()
  assert.equal(release?.status, 'succeeded')
  assert.equal(await outputOf(release), 'migrating\ndone\n')
})

test('a release command that fails is shown; the push is accepted and the old release goes on', async () => {
  const lines = await pushed('worker: sleep 600\nrelease: echo oops; exit 3\n')
  assertShows(
    lines,
    'oops',
    ' !     Release command failed with exit status 3',
    ' !     v3 does not run.',
    ' !     v2 goes on serving.',
  )
  const release = await newestRelease()
  assert.equal(release?.status, 'failed')
  assert.equal(await outputOf(release), 'oops\n')
  const commit = (await copy.git('rev-parse', 'HEAD')).stdout.trim()
  assert.match((await copy.git('ls-remote', urlOf(app.name), 'main')).stdout, RegExp(commit))
})

test('an app that does not start is said so, with the reason', async () => {
  const lines = await pushed('web: exit 7\nworker: sleep 600\n')
  assertShows(lines, 'Starting v4... failed.', ' !     v4 does not run.')
  assert.match(lines.join('\n'), /web\.1.* 7/)
  assert.equal((await newestRelease())?.output_stream_url, null)
})
