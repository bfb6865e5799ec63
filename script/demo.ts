import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { callerEnvironment } from '#/foundation/config.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { ended, run, start } from '#/foundation/exec.ts'
import { parseExports } from '../test/support/exports.ts'

/** The main job, as a user would type it, each command printed with its time. Exits non-zero if a check fails. */
const HELP = `Usage: script/demo [--app node|django] [--exit] [--data-dir DIR]

Starts a platform of its own, pushes an example app to staging, promotes the very slug to
production, and shows that nothing was built again. Then the dashboard is yours: it prints the
link at which you set a password, and leaves a change on staging for you to promote there.

  --app node|django   the example to push (default: node)
  --exit              stop everything after the last check instead of staying up
  --data-dir DIR      where the platform keeps its files (default: a new temporary folder)

Examples
  script/demo
  script/demo --app django --exit
`

const { values: options } = parseArgs({
  options: {
    app: { type: 'string', default: 'node' },
    exit: { type: 'boolean', default: false },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const root = fileURLToPath(new URL('..', import.meta.url))
const STAGING = 'guestbook-staging'
const PRODUCTION = 'guestbook-production'

type Demo = {
  env: NodeJS.ProcessEnv
  workDir: string
  source: string
  port: number
  routerPort: number
}

const main = async (): Promise<void> => {
  if (options.help) return console.log(HELP)
  if (options.app !== 'node' && options.app !== 'django')
    throw new Error('--app must be node or django.')
  const workDir = await mkdtemp(join(tmpdir(), 'sluice-demo-'))
  const dataDir = options['data-dir'] ?? join(workDir, 'platform')
  const [port, routerPort] = await freePorts()
  const env = {
    ...callerEnvironment(),
    SLUICE_DATA_DIR: dataDir,
    PATH: `${root}bin:${callerEnvironment()['PATH'] ?? ''}`,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Demo',
    GIT_AUTHOR_EMAIL: 'demo@example.com',
    GIT_COMMITTER_NAME: 'Demo',
    GIT_COMMITTER_EMAIL: 'demo@example.com',
  }
  const demo: Demo = { env, workDir, source: join(workDir, 'guestbook'), port, routerPort }
  const began = performance.now()
  try {
    await type(demo, [
      'sluice',
      'up',
      '--detach',
      '--port',
      String(port),
      '--router-port',
      String(routerPort),
    ])
    await enterShell(demo)
    await createPipeline(demo)
    await pushFirst(demo)
    await pushVersion(demo, 2)
    await promote(demo)
    console.log(
      `\nDone in ${seconds(began)}: what was tested on staging serves in production, and was built once.`,
    )
    if (!options.exit) await leaveToUser(demo)
  } finally {
    await type(demo, ['sluice', 'down'])
    await rm(workDir, { recursive: true, force: true })
  }
}

/** What `eval "$(sluice env)"` does to a shell: its git and heroku trust this platform and are signed in. */
const enterShell = async (demo: Demo): Promise<void> => {
  console.log('\n$ eval "$(sluice env)"')
  const { stdout } = await run('sluice', ['env'], { env: demo.env })
  Object.assign(demo.env, parseExports(stdout))
}

const createPipeline = async (demo: Demo): Promise<void> => {
  await type(demo, ['sluice', 'apps:create', STAGING, '--no-remote'])
  await type(demo, ['sluice', 'apps:create', PRODUCTION, '--no-remote'])
  await type(demo, ['sluice', 'pipelines:create', 'guestbook', '-a', STAGING, '-s', 'staging'])
  await type(demo, ['sluice', 'pipelines:add', 'guestbook', '-a', PRODUCTION, '-s', 'production'])
  await type(demo, ['sluice', 'addons:create', 'heroku-postgresql', '-a', STAGING])
  await type(demo, ['sluice', 'addons:create', 'heroku-postgresql', '-a', PRODUCTION])
  await type(demo, ['sluice', 'config:set', 'GUESTBOOK_STAGE=staging', '-a', STAGING])
  await type(demo, ['sluice', 'config:set', 'GUESTBOOK_STAGE=production', '-a', PRODUCTION])
}

const pushFirst = async (demo: Demo): Promise<void> => {
  await mkdir(demo.source)
  await cp(`${root}examples/${options.app}`, demo.source, {
    recursive: true,
    filter: (path) => !/\/(node_modules|__pycache__|staticfiles)(\/|$)/.test(path),
  })
  await type(demo, ['git', 'init', '--quiet', '--initial-branch', 'main'])
  await type(demo, ['sluice', 'git:remote', '-a', STAGING, '-r', 'staging'])
  await type(demo, ['git', 'add', '.'])
  await type(demo, ['git', 'commit', '--quiet', '-m', 'A guestbook'])
  await type(demo, ['git', 'push', 'staging', 'main'])
  await check(demo, STAGING, { contains: 'Guestbook' })
}

const pushVersion = async (demo: Demo, version: number): Promise<void> => {
  const file = join(
    demo.source,
    options.app === 'node' ? 'server.js' : 'guestbook/templates/guestbook/index.html',
  )
  const before = await readFile(file, 'utf8')
  const after = before.replace(`Guestbook, version ${version - 1}`, `Guestbook, version ${version}`)
  if (after === before) throw new Error(`${file} has no line to change.`)
  await writeFile(file, after)
  console.log(`\n(changed "Guestbook, version ${version - 1}" to "version ${version}" in ${file})`)
  await type(demo, ['git', 'commit', '--quiet', '-am', `Version ${version}`])
  await type(demo, ['git', 'push', 'staging', 'main'])
  await check(demo, STAGING, { contains: `version ${version}` })
}

const promote = async (demo: Demo): Promise<void> => {
  await type(demo, ['sluice', 'pipelines:plan', '-a', STAGING])
  await type(demo, ['sluice', 'pipelines:promote', '-a', STAGING])
  await check(demo, PRODUCTION, { contains: 'version 2' })
  await check(demo, PRODUCTION, { contains: 'production' })
  await type(demo, ['sluice', 'releases', '-a', PRODUCTION])
  await checkSameSlug(demo)
  await checkOwnDatabases(demo)
}

const checkSameSlug = async (demo: Demo): Promise<void> => {
  const [staging, production] = await Promise.all(
    [STAGING, PRODUCTION].map((app) => digestOf(demo, app)),
  )
  if (!staging || staging !== production)
    throw new Error(`The slugs differ: ${staging} and ${production}.`)
  console.log(`✓ both run ${staging}`)
}

const digestOf = async (demo: Demo, app: string): Promise<string | undefined> => {
  const { stdout } = await run('sluice', ['apps:info', '-a', app, '--json'], { env: demo.env })
  return (JSON.parse(stdout) as { slug: { checksum: string } | null }).slug?.checksum
}

const checkOwnDatabases = async (demo: Demo): Promise<void> => {
  const urls = await Promise.all(
    [STAGING, PRODUCTION].map(
      async (app) =>
        (await run('sluice', ['config:get', 'DATABASE_URL', '-a', app], { env: demo.env })).stdout,
    ),
  )
  if (!urls[0]?.startsWith('postgres://') || urls[0] === urls[1])
    throw new Error('The apps do not have a database each.')
  console.log('✓ each has a database of its own')
}

/** Types a command for the user to see, runs it and prints how long it took. */
const type = async (demo: Demo, command: [string, ...string[]]): Promise<void> => {
  console.log(`\n$ ${command.join(' ')}`)
  const began = performance.now()
  const [file, ...args] = command
  const cwd = command[0] === 'git' || command[1] === 'git:remote' ? demo.source : demo.workDir
  const { code } = await ended(
    start(file, args, { cwd, env: demo.env, stdio: ['ignore', 'inherit', 'inherit'] }),
  )
  if (code !== 0) throw new Error(`'${command.join(' ')}' ended with ${code}.`)
  console.log(`  (${seconds(began)})`)
}

const check = async (
  { routerPort }: Demo,
  app: string,
  { contains }: { contains: string },
): Promise<void> => {
  const { status, page } = await getPage(routerPort, `${app}.localhost:${routerPort}`)
  if (status !== 200 || !page.includes(contains))
    throw new Error(
      `http://${app}.localhost:${routerPort}/ answered ${status} without '${contains}':\n${page.slice(0, 2000)}`,
    )
  console.log(`✓ http://${app}.localhost:${routerPort}/ shows '${contains}'`)
}

/** By address, with the name as Host: not every machine resolves names below localhost. */
const getPage = (port: number, host: string): Promise<{ status: number; page: string }> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', headers: { host } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, page: Buffer.concat(chunks).toString() }),
      )
    }).on('error', reject)
  })

const leaveToUser = async (demo: Demo): Promise<void> => {
  await pushVersion(demo, 3)
  const { port, routerPort, env } = demo
  const dataDir = env['SLUICE_DATA_DIR'] ?? ''
  const setupLink = (await readFile(dataDirPaths(dataDir).setupLink, 'utf8').catch(() => '')).trim()
  console.log(`
Version 3 is on staging, and waits for you to promote it:

  dashboard    http://localhost:${port}/dashboard/pipelines/guestbook
  staging      http://${STAGING}.localhost:${routerPort}/
  production   http://${PRODUCTION}.localhost:${routerPort}/
  in a shell   export SLUICE_DATA_DIR=${dataDir}; eval "$(${root}bin/sluice env)"
${setupLink && `\nFirst set your password, once, at ${setupLink}`}`)
  await untilInterrupted()
}

const untilInterrupted = (): Promise<void> => {
  console.log('\nIt stays up until Ctrl-C.')
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
    setInterval(() => {}, 60_000).unref()
    process.stdin.resume()
  })
}

const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`

/** Two ports that nobody listens on. */
const freePorts = async (): Promise<[number, number]> => {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address ? address.port : 0)
          }),
        ),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return [ports[0] ?? 5000, ports[1] ?? 8080]
}

try {
  await main()
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
process.stdin.destroy()
