import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ended, runOrThrow, start } from '#/foundation/exec.ts'
import { until } from '../../test/support/until.ts'
import { aBuilder, aBuildpackRepository, serveFolder } from '../../test/support/builds.ts'

const { base, build, buildWell, inDyno } = aBuilder()
const first = await aBuildpackRepository(base, 'first')
const second = await aBuildpackRepository(base, 'second')
const APP = {
  'first.txt': 'quiet words',
  Procfile: 'web: cat second.txt\nnonsense\nrelease:true\n',
}

test('buildpacks from git run in their order, each with what the one before exports', async () => {
  const { slug, output } = await buildWell(APP, { buildpacks: [first.url, second.url] })
  assert.equal(
    output.replace(/^ {7}environment.*\n/m, '').replace(/build_[0-9a-f]{8}/, 'build_<hash>'),
    `-----> Building on the Heroku-24 stack
-----> Fetching set buildpack ${first.url}... done
-----> Using set buildpack ${first.url}
-----> First app detected
-----> Build 1 in /tmp/build_<hash>
       stack heroku-24, version c0ffee, request request-1, home /app
-----> Fetching set buildpack ${second.url}... done
-----> Using set buildpack ${second.url}
-----> Second app detected
       from the first: it is set
-----> Discovering process types
       Procfile declares types     -> release, web
       Default types for buildpack -> console
-----> Compressing...
       Done: 0.0M
`,
  )
  assert.deepEqual(slug.processTypes, {
    console: 'bash',
    web: 'cat second.txt',
    release: 'true',
  })
  assert.deepEqual(slug.defaultProcessTypes, { console: 'bash' })
  assert.deepEqual(slug.buildpacks, [
    { name: first.url, url: first.url, version: first.commit },
    { name: second.url, url: second.url, version: second.commit },
  ])
  assert.equal(slug.buildpackProvidedDescription, 'Second')
  assert.equal(
    await inDyno(slug.digest, 'cat second.txt; echo; echo $FROM_PROFILE'),
    'QUIET WORDS\nprofile of /app\n',
  )
})

test("the last buildpack's bin/release says how processes start and what a first release needs", async () => {
  const { slug } = await buildWell({ 'first.txt': 'x' }, { buildpacks: [first.url] })
  assert.deepEqual(slug.processTypes, { web: 'cat loud.txt', worker: 'cat first.txt' })
  assert.deepEqual(slug.releaseConfigVars, { LIMIT: '5' })
  assert.deepEqual(slug.releaseAddons, ['heroku-postgresql'])
})

test('a buildpack is fetched over HTTP at a commit, also from a server that is only files', async () => {
  const origin = await serveFolder(base)
  await runOrThrow('git', ['update-server-info'], { cwd: first.path })
  const url = `${origin}${first.path.slice(base.length)}/.git#${first.commit}`
  const { slug } = await buildWell(APP, { buildpacks: [url] })
  assert.equal(slug.buildpacks[0]?.version, first.commit)
  const missing = await build(APP, { buildpacks: [`${origin}/nowhere.git`] })
  assert.match(missing.output, /Fetching set buildpack \S+nowhere.git\.\.\. failed\n/)
  assert.deepEqual(missing.outcome, {
    status: 'failed',
    reason: `the buildpack ${origin}/nowhere.git could not be fetched.`,
  })
})

test('a buildpack may be a .tgz, from a server or a file', async () => {
  const origin = await serveFolder(base)
  const archive = join(base, 'first.tgz')
  await runOrThrow('tar', ['-czf', archive, '--exclude=.git', '-C', first.path, '.'])
  for (const url of [`${origin}/first.tgz`, `file://${archive}`]) {
    const { slug, output } = await buildWell(APP, { buildpacks: [url] })
    assert.match(output, /-----> Fetching set buildpack \S+first.tgz\.\.\. done\n/)
    assert.equal(slug.buildpackProvidedDescription, 'First')
  }
  const missing = await build(APP, { buildpacks: [`${origin}/missing.tgz`] })
  assert.match(missing.output, /The server answered 404/)
})

test('a build sees its config vars as files only, and nothing of the platform', async () => {
  const configVars = { SECRET_KEY: 'hidden', 'ODD.NAME': 'x', '../escape': 'x', '': 'x' }
  const { output } = await buildWell(APP, { buildpacks: [first.url], configVars })
  assert.match(output, /config SECRET_KEY has 6 bytes\n/)
  assert.match(output, /config ODD.NAME has 1 bytes\n/)
  assert.doesNotMatch(output, /hidden|escape/)
  const [, variables = ''] = /environment: (.*)\n/.exec(output) ?? []
  for (const name of ['SECRET_KEY', 'SLUICE_DATA_DIR', 'DATABASE_URL', 'GIT_DIR', 'PIP_TARGET'])
    assert.doesNotMatch(variables, new RegExp(`\\b${name}\\b`))
})

test('the cache of an app comes back with its next build, unless a buildpack failed half-way', async () => {
  const cacheDir = join(base, 'cache-of-one')
  const options = { buildpacks: [first.url], cacheDir }
  assert.match((await buildWell(APP, options)).output, /-----> Build 1 /)
  assert.match((await buildWell(APP, options)).output, /-----> Build 2 /)
  await build(APP, { buildpacks: [first.url, `file://${base}/nowhere`], cacheDir })
  assert.match((await buildWell(APP, options)).output, /-----> Build 4 /)
  const broken = await aBuildpackRepository(base, 'broken')
  await build(APP, { buildpacks: [first.url, broken.url], cacheDir })
  assert.match((await buildWell(APP, options)).output, /-----> Build 1 /)
  assert.deepEqual(readdirSync(cacheDir), ['count'])
})

test('the same source gives the same slug', async () => {
  const options = { buildpacks: [first.url, second.url] }
  const one = await buildWell(APP, options)
  const other = await buildWell(APP, options)
  assert.equal(one.slug.digest, other.slug.digest)
})

test('a buildpack that fails rejects the build with what it said', async () => {
  const broken = await aBuildpackRepository(base, 'broken')
  const { outcome, output } = await build(APP, { buildpacks: [broken.url] })
  assert.deepEqual(outcome, { status: 'failed', reason: 'failed to compile Broken app.' })
  assert.match(output, /this cannot be compiled\n$/)
})

test('a set buildpack must fit the app', async () => {
  const { outcome, output } = await build({ 'x.txt': '' }, { buildpacks: [first.url] })
  assert.deepEqual(outcome, {
    status: 'failed',
    reason: `the app is not compatible with the buildpack ${first.url}.`,
  })
  assert.match(output, / !     App not compatible with buildpack: file:.*\nthere is no first.txt\n/)
})

test('an app without a known language is refused with a hint', async () => {
  const { outcome, output } = await build({ 'main.rs': 'fn main() {}' })
  assert.deepEqual(outcome, {
    status: 'failed',
    reason: 'no default language could be detected for this app.',
  })
  assert.match(
    output,
    /^-----> Building on the Heroku-24 stack\n-----> Determining which buildpack to use for this app\n !     No default language could be detected for this app.\n\t\t\tHINT: /,
  )
})

for (const [limit, limits, reason] of [
  ['takes too long', { wallMs: 3000 }, 'the build took longer than 3 seconds.'],
  ['is silent for too long', { idleMs: 2000 }, 'the build printed nothing for 2 seconds.'],
] as const)
  test(`a build that ${limit} is ended, with all it started`, async () => {
    const hangs = await aBuildpackRepository(base, 'hangs')
    const { outcome } = await build(APP, { buildpacks: [hangs.url], limits })
    assert.deepEqual(outcome, { status: 'failed', reason })
    await untilNothingHangs()
  })

/** The programs that the buildpack `hangs` starts are told by what they sleep for. */
const untilNothingHangs = (): Promise<boolean> =>
  until(() => !readdirSync('/proc').some((pid) => commandLineOf(pid).includes('86399.5')), {
    limitMs: 30_000,
    what: 'the end of all processes of the build',
  })
const commandLineOf = (pid: string): string => {
  try {
    return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
  } catch {
    return '' // it has ended
  }
}

test('a build whose platform is killed ends with it, and the next one is whole', async () => {
  const hangs = await aBuildpackRepository(base, 'hangs')
  const cacheDir = join(base, 'cache-of-killed')
  await buildWell(APP, { buildpacks: [first.url], cacheDir })
  const work = mkdtempSync(join(base, 'killed-'))
  mkdirSync(join(work, 'source'))
  const fixture = join(import.meta.dirname, '../../test/support/fixtures/build-slug.ts')
  const platform = start(process.execPath, [fixture, work, cacheDir, hangs.url])
  const end = ended(platform)
  await new Promise<void>((resolve) => {
    platform.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('now it hangs')) resolve()
    })
  })
  platform.kill('SIGKILL')
  await end
  await untilNothingHangs()
  const { output } = await buildWell(APP, { buildpacks: [first.url], cacheDir })
  assert.match(output, /-----> Build 1 /)
  assert.deepEqual(readdirSync(cacheDir), ['count'])
})

test('a cancelled build ends with the reason it was cancelled for', async () => {
  const hangs = await aBuildpackRepository(base, 'hangs')
  const controller = new AbortController()
  const reason = new Error('cancelled')
  const output = (text: string): void => {
    if (text.includes('now it hangs')) controller.abort(reason)
  }
  await assert.rejects(
    build(APP, { buildpacks: [hangs.url], output, signal: controller.signal }),
    reason,
  )
})

test('a build that fills the disk is ended', async () => {
  const { outcome } = await build(APP, {
    buildpacks: [await aWritten('fills', 'yes > "$2/fill" & yes > "$1/fill"')],
    limits: { diskBytes: 50_000_000 },
  })
  assert.equal(outcome.status, 'failed')
  assert.match(
    outcome.status === 'failed' ? outcome.reason : '',
    /disk quota exceeded|failed to compile/,
  )
})

/** A buildpack whose bin/compile is this shell script. */
const aWritten = async (name: string, script: string): Promise<string> => {
  const { path, url } = await aBuildpackRepository(base, 'broken')
  writeFileSync(join(path, 'bin/compile'), `#!/bin/sh\n${script}\n`)
  writeFileSync(join(path, 'bin/detect'), `#!/bin/sh\necho ${name}\n`)
  await runOrThrow('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', 'commit', '-qam', name], {
    cwd: path,
  })
  return url
}

test('a slug that is too large is refused', async () => {
  const { outcome } = await build(APP, {
    buildpacks: [await aWritten('Large', 'head -c 3000000 /dev/zero > "$1/large"')],
    limits: { slugBytes: 2_000_000 },
  })
  assert.deepEqual(outcome, {
    status: 'failed',
    reason: 'slug too large: the files hold more than 2.0 MB.',
  })
})

test('links of the source lead nowhere outside it', async () => {
  const prepare = (source: string): void => {
    for (const name of ['Procfile', '.slugignore', 'passwd'])
      symlinkSync('/etc/passwd', join(source, name))
    symlinkSync('/etc', join(source, '.profile.d'))
  }
  const url = await aWritten('Links', 'cat "$1/passwd" | grep -c "^root" ; true')
  const { slug, output } = await buildWell({ 'first.txt': 'x' }, { buildpacks: [url], prepare })
  assert.match(output, /Procfile declares types {5}-> \(none\)/)
  assert.deepEqual(slug.processTypes, {})
  const link = await inDyno(slug.digest, 'readlink .profile.d passwd')
  assert.equal(link, '/etc\n/etc/passwd\n')
})

test('what .slugignore names is not built', async () => {
  const { slug } = await buildWell(
    {
      ...APP,
      '.slugignore': '/docs\n*.psd\n!keep.psd\n',
      'docs/a.md': '',
      'a.psd': '',
      'keep.psd': '',
    },
    { buildpacks: [first.url] },
  )
  const files = await inDyno(slug.digest, 'find . -type f | sort | tr "\\n" " "')
  assert.match(files, /keep\.psd/)
  assert.doesNotMatch(files, /docs|\.\/a\.psd/)
})

for (const url of [
  '--upload-pack=touch /tmp/owned',
  'ext::sh -c touch% /tmp/owned',
  'https://example.com/x.git#--upload-pack=x',
  'https://example.com/x.git#a..b',
  'https://example.com/x y.git',
  'ssh://git@example.com/x.git',
  'file:///etc',
  'urn:buildpack:heroku/cobol',
  'heroku/../nodejs',
  'https://user:pa\nss@example.com/x.git',
])
  test(`the buildpack URL ${JSON.stringify(url)} is refused before anything runs`, async () => {
    const { outcome, output } = await build(APP, {
      buildpacks: [first.url, url].slice(url.startsWith('file:') ? 1 : 0),
      fileUrlsAllowed: !url.startsWith('file:'),
    })
    assert.equal(outcome.status, 'failed')
    assert.doesNotMatch(output, /app detected|Fetching/)
  })
