import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { buildSlug } from '#/builder/build-slug.ts'
import type { BuildInput, BuildOutcome, BuiltSlug } from '#/builder/slug-build.ts'
import { runOrThrow } from '#/foundation/exec.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { runInSandbox } from '#/sandbox/run-in-sandbox.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures', 'buildpacks')
const MEBIBYTE = 2 ** 20

type Source = Record<string, string> | { example: string }
type BuildOptions = Partial<Omit<BuildInput, 'limits' | 'buildpacks'>> & {
  buildpacks?: string[]
  limits?: Partial<BuildInput['limits']>
  /** Changes the source before it is built. */
  prepare?: (sourceDir: string) => void | Promise<void>
}

/** One app's builds, one after another: they share a cache, interpreters and a store. All is removed after the file. */
export const aBuilder = () => {
  const base = mkdtempSync(join(tmpdir(), 'sluice-builder-'))
  after(() => removeTree(base))
  const store = openDiskStore(join(base, 'store'))

  const build = async (
    source: Source,
    { buildpacks = [], limits = {}, prepare, ...options }: BuildOptions = {},
  ): Promise<{ outcome: BuildOutcome; output: string }> => {
    const workDir = mkdtempSync(join(base, 'work-'))
    const sourceDir = join(workDir, 'source')
    writeSource(sourceDir, source)
    await prepare?.(sourceDir)
    let output = ''
    try {
      const outcome = await buildSlug({
        sourceDir,
        workDir,
        cacheDir: join(base, 'cache'),
        toolchainsDir: join(base, 'toolchains'),
        buildpacks: buildpacks.map((url) => ({ url })),
        fileUrlsAllowed: true,
        configVars: {},
        stack: 'heroku-24',
        sourceVersion: 'c0ffee',
        requestId: 'request-1',
        output: (text) => (output += text),
        store,
        ...options,
        limits: {
          wallMs: 300_000,
          idleMs: 300_000,
          slugBytes: 500 * MEBIBYTE,
          diskBytes: 2000 * MEBIBYTE,
          memoryBytes: null,
          pids: 1000,
          ...limits,
        },
      })
      return { outcome, output }
    } finally {
      await removeTree(workDir)
    }
  }

  /** As `build`, of what must succeed. */
  const buildWell = async (
    ...args: Parameters<typeof build>
  ): Promise<{ slug: BuiltSlug; output: string }> => {
    const { outcome, output } = await build(...args)
    if (outcome.status !== 'succeeded') throw new Error(`${outcome.reason}\n${output}`)
    return { slug: outcome, output }
  }

  return {
    base,
    store,
    build,
    buildWell,
    /** What a command prints in a dyno of the slug. */
    inDyno: async (digest: string, command: string): Promise<string> => {
      let output = ''
      await runInSandbox(
        {
          command: ['bash', '-c', `${PROFILE}; ${command}`],
          env: { HOME: '/app', PATH: '/usr/local/bin:/usr/bin:/bin' },
          chdir: '/app',
          hostname: 'web-1',
          overlay: { ...(await store.materialize(digest)), inside: '/app' },
          writable: [],
          readOnly: [],
          tmpSizeBytes: 16 * MEBIBYTE,
          memoryBytes: null,
          pids: null,
          fileSizeBytes: null,
        },
        { onOutput: (chunk) => (output += chunk.toString()), timeLimitMs: 60_000 },
      )
      return output
    },
  }
}

const PROFILE = 'for script in .profile.d/*.sh; do [ -f "$script" ] && . "$script"; done'

const writeSource = (dir: string, source: Source): void => {
  if ('example' in source && Object.keys(source).length === 1) {
    const example = join(import.meta.dirname, '../../examples', source.example)
    cpSync(example, dir, { recursive: true, filter: (path) => !/\/node_modules(\/|$)/.test(path) })
    return
  }
  mkdirSync(dir)
  for (const [name, text] of Object.entries(source)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
}

/** A repository with a fixture buildpack in it; returns its `file:` URL and its one commit. */
export const aBuildpackRepository = async (
  folder: string,
  fixture: string,
): Promise<{ path: string; url: string; commit: string }> => {
  const path = mkdtempSync(join(folder, `${fixture}-`))
  chmodSync(path, 0o755) // builds run as another user
  cpSync(join(FIXTURES, fixture), path, { recursive: true })
  const git = (...args: string[]) =>
    runOrThrow('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: path,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    })
  await git('init', '--quiet', '--initial-branch', 'main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'A buildpack')
  await git('update-server-info')
  return { path, url: `file://${path}`, commit: (await git('rev-parse', 'HEAD')).trim() }
}

/** Serves the files of a folder over HTTP until the test file ends. */
export const serveFolder = async (folder: string): Promise<string> => {
  const server = createServer((request, response) => {
    readFile(join(folder, new URL(request.url ?? '/', 'http://localhost').pathname)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
