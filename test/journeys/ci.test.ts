import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { run } from '#/foundation/exec.ts'
import { herokuCli } from '../support/heroku-cli.ts'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'

/**
 * The CI examples: what their files say is run, line by line, as a runner would, with a deploy token and nothing else
 * of the platform's. Only what a runner brings (checkout, Node) is done by the journey.
 */
const EXAMPLES = fileURLToPath(new URL('../../examples/ci', import.meta.url))
const STEP_LIMIT_MS = 240_000

let platform: TestPlatform
let source: string
let token: string
let runnerEnv: Record<string, string>

const FILES = {
  'package.json': JSON.stringify({
    name: 'page',
    version: '1.0.0',
    private: true,
    scripts: { start: 'node server.js', test: 'node --check server.js' },
  }),
  'package-lock.json': JSON.stringify({
    name: 'page',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'page', version: '1.0.0' } },
  }),
  Procfile: 'web: node server.js\n',
  'server.js': page(1),
}

function page(version: number): string {
  return `require('http').createServer((_, response) => response.end('page, version ${version}')).listen(process.env.PORT)\n`
}

before(async () => {
  platform = await startPlatform()
  const sluice = async (...args: string[]): Promise<string> =>
    assertSucceeds(await platform.sluice(...args)).stdout
  await sluice('apps:create', 'page-staging', '--no-remote')
  await sluice('apps:create', 'page', '--no-remote')
  await sluice('pipelines:create', 'page', '-a', 'page-staging', '-s', 'staging')
  await sluice('pipelines:add', 'page', '-a', 'page', '-s', 'production')
  token = (await sluice('tokens:create', '--pipeline', 'page', '--description', 'CI')).trim()
  source = await platform.aRepository('page', { files: FILES })
  const { NODE_EXTRA_CA_CERTS, GIT_SSL_CAINFO } = JSON.parse(await sluice('env', '--json'))
  runnerEnv = {
    PATH: `${join(await herokuCli(), '..')}:${process.env['PATH']}`,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    HEROKU_HOST: `http://localhost:${platform.port}`,
    HEROKU_SKIP_NEW_VERSION_CHECK: 'true',
    DISABLE_TELEMETRY: 'true',
    STAGING_APP: 'page-staging',
    NODE_EXTRA_CA_CERTS,
    GIT_SSL_CAINFO,
  }
})
after(() => platform?.stop())

/** A runner's fresh machine: a home and a clone of its own. */
const aRunner = async () => {
  const home = await mkdtemp(join(platform.home, 'runner-'))
  const dir = join(home, 'clone')
  await cp(source, dir, { recursive: true })
  return {
    dir,
    step: async (script: string, env: Record<string, string>): Promise<string> => {
      const { stdout, stderr } = assertSucceeds(
        await run('bash', ['-e', '-o', 'pipefail', '-c', script], {
          cwd: dir,
          env: { ...runnerEnv, HOME: home, RUNNER_TEMP: home, ...env },
          timeoutMs: STEP_LIMIT_MS,
        }),
      )
      assert.ok(!`${stdout}${stderr}`.includes(token), 'the token is in what a step printed')
      return stdout + stderr
    },
  }
}

const commitVersion = async (version: number): Promise<void> => {
  await writeFile(join(source, 'server.js'), page(version))
  await platform.commit(source, `Version ${version}`)
}

const assertServes = async (app: string, text: string): Promise<void> => {
  const { status, body } = await platform.request(app)
  assert.deepEqual([status, body], [200, text])
}

const assertPromoted = async (version: number): Promise<void> => {
  await assertServes('page', `page, version ${version}`)
  const releases = assertSucceeds(await platform.heroku('releases', '-a', 'page')).stdout
  assert.match(releases, /Promote page-staging v\d+ [0-9a-f]{8}/)
}

type GitLabJob = { script: string[]; rules?: { when?: string }[]; stage: string }

test('the jobs of the GitLab example test, push to staging and promote', async () => {
  const file = await readFile(join(EXAMPLES, 'gitlab/.gitlab-ci.yml'), 'utf8')
  const pipeline = parse(file) as { stages: string[] } & Record<string, GitLabJob>
  const jobs = Object.values(pipeline)
    .filter((one): one is GitLabJob => typeof one === 'object' && 'script' in one)
    .toSorted((a, b) => pipeline.stages.indexOf(a.stage) - pipeline.stages.indexOf(b.stage))
  assert.deepEqual(
    jobs.map(({ stage }) => stage),
    pipeline.stages,
  )
  assert.deepEqual(
    jobs.map(({ rules }) => rules?.[0]?.when),
    [undefined, undefined, 'manual'],
  )
  const runJob = async (job: GitLabJob | undefined): Promise<string> => {
    assert.ok(job)
    // As GitLab does: the lines of a job are one script, and all variables are in its environment.
    return (await aRunner()).step(job.script.join('\n'), { HEROKU_API_KEY: token })
  }
  const [testing, staging, production] = jobs
  await runJob(testing)
  assert.match(await runJob(staging), /Released v\d+/)
  await assertServes('page-staging', 'page, version 1')
  assert.match(await runJob(production), /page: succeeded|succeeded/)
  await assertPromoted(1)
})

type Step = { run?: string; uses?: string; env?: Record<string, string> }
type Workflow = {
  on: Record<string, unknown>
  env: Record<string, string>
  jobs: Record<string, { if?: string; needs?: string; steps: Step[] }>
}

test('the jobs of the GitHub example test, push to staging, and promote when they are run by hand', async () => {
  const workflow = parse(await readFile(join(EXAMPLES, 'github/deploy.yml'), 'utf8')) as Workflow
  assert.deepEqual(Object.keys(workflow.on), ['push', 'workflow_dispatch'])
  const contexts: Record<string, string> = {
    'vars.HEROKU_HOST': runnerEnv['HEROKU_HOST'] ?? '',
    'vars.STAGING_APP': 'page-staging',
    'vars.SLUICE_CA': await readFile(join(platform.dataDir, 'certificates', 'ca.pem'), 'utf8'),
    'secrets.HEROKU_API_KEY': token,
  }
  const evaluated = (env: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => {
        const expression = /^\$\{\{ (\S+) \}\}$/.exec(value)?.[1]
        const found = expression === undefined ? value : contexts[expression]
        assert.ok(found !== undefined, value)
        return [name, found]
      }),
    )
  const runJob = async (name: string): Promise<string> => {
    const runner = await aRunner()
    const githubEnv = join(runner.dir, '..', 'github-env')
    await writeFile(githubEnv, '')
    let printed = ''
    for (const step of workflow.jobs[name]?.steps ?? []) {
      if (step.run === undefined) continue
      const kept = (await readFile(githubEnv, 'utf8')).split('\n').filter(Boolean)
      printed += await runner.step(step.run, {
        GIT_SSL_CAINFO: '', // the example brings its own
        ...Object.fromEntries(kept.map((line) => line.split(/=(.*)/s).slice(0, 2))),
        ...evaluated(workflow.env),
        ...evaluated(step.env),
        GITHUB_ENV: githubEnv,
      })
    }
    return printed
  }
  const jobsOn = (event: string): string[] =>
    Object.entries(workflow.jobs)
      .filter(([, job]) => {
        const { if: condition } = job.needs ? (workflow.jobs[job.needs] ?? job) : job
        return condition === `github.event_name == '${event}'`
      })
      .map(([name]) => name)
  await commitVersion(2)
  assert.deepEqual(jobsOn('push'), ['test', 'staging'])
  for (const name of jobsOn('push')) await runJob(name)
  await assertServes('page-staging', 'page, version 2')
  await assertServes('page', 'page, version 1')
  assert.deepEqual(jobsOn('workflow_dispatch'), ['production'])
  assert.match(await runJob('production'), /succeeded/)
  await assertPromoted(2)
})

test('the token is good for nothing else, and void once it is revoked', async () => {
  const runner = await aRunner()
  const tries = (line: string): Promise<string> =>
    runner.step(`! ${line} 2>&1`, { HEROKU_API_KEY: token })
  assert.match(await tries('heroku config --app page'), /scope/)
  assert.match(await tries('heroku apps:create page-stolen --no-remote'), /deploy token|scope/i)
  assert.match(await tries('heroku authorizations:create'), /scope/)
  const releases = await runner.step('heroku releases --app page', { HEROKU_API_KEY: token })
  assert.match(releases, /Promote page-staging/)
  const listed = assertSucceeds(await platform.sluice('tokens', '--pipeline', 'page')).stdout
  assert.match(listed, /CI\s+operator@localhost\s+20/)
  const id = /[0-9a-f-]{36}/.exec(listed)?.[0] ?? ''
  assertSucceeds(await platform.sluice('tokens:revoke', id))
  await tries('heroku releases --app page')
  await tries('git push "https://${HEROKU_HOST#*://}/$STAGING_APP.git" HEAD:refs/heads/main')
})
