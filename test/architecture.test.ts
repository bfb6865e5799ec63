import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

/** Folder → what it may import besides itself: a folder, or files by pattern. Tests may import anything. */
const ARROWS: Record<string, string[]> = {
  foundation: [],
  'artifact-store': ['foundation'],
  'log-store': ['foundation'],
  sandbox: ['foundation'],
  keeper: ['foundation'],
  builder: ['foundation', 'sandbox', 'artifact-store'],
  engine: ['foundation', 'sandbox', 'artifact-store', 'log-store', 'platform/dyno/engine.ts'],
  router: [
    ...['foundation', 'log-store', 'platform/domain/route-feed.ts'],
    'platform/certificate/certificate-feed.ts',
  ],
  drainer: ['foundation', 'log-store', 'platform/log-drain/drain-feed.ts'],
  platform: ['foundation', 'builder', 'artifact-store', 'log-store'],
  api: ['foundation', 'platform'],
  worker: ['foundation', 'platform', 'builder', 'artifact-store', 'log-store'],
  'git-receiver': ['foundation', 'platform', 'log-store'],
  // The one place where the parts that decide are wired together.
  'control-plane': [
    ...['foundation', 'platform', 'api', 'worker', 'git-receiver'],
    ...['builder', 'artifact-store', 'log-store'],
  ],
  'api-client': ['foundation/errors.ts', 'platform/*/*-schema.ts'],
  cli: ['api-client', 'foundation', 'sandbox/probe-sandbox.ts', 'platform/*/*-table.ts'],
  web: ['platform/*/*-schema.ts', 'platform/*/*-table.ts'],
}

/** A noun imports only nouns before it: what must flow the other way goes as a row. */
const NOUNS = [
  ...[
    'event',
    'mail',
    'page',
    'account',
    'sign-in',
    'team',
    'app',
    'app-feature',
    'traffic',
    'app-transfer',
    'log',
    'log-drain',
    'metric',
    'slug',
    'release',
    'formation',
    'dyno',
    'change-gate',
    'deploy',
  ],
  ...[
    'config-var',
    'add-on',
    'certificate',
    'domain',
    'app-setup',
    'buildpack',
    'source',
    'build',
    'slug-upload',
  ],
  ...[
    'pipeline',
    'webhook',
    'promotion',
    'stage-policy',
    'deploy-token',
    'audit',
    'master-key',
    'event-stream',
  ],
]

/** Besides the stores: holds an advisory lock on a connection of its own, which no store does. */
const SPEAKS_SQL = ['src/worker/dead-workers.ts', 'src/worker/wake-after.ts']

const root = fileURLToPath(new URL('..', import.meta.url))

type SourceFile = { path: string; text: string; imports: string[] }

const listFiles = (folder: string): SourceFile[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('/fixtures/'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })

const IMPORT = /(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g
const importsOf = (text: string): string[] =>
  [...text.matchAll(IMPORT)].map((match) => match[1] ?? '')

const isTest = ({ path }: SourceFile): boolean =>
  path.endsWith('.test.ts') || path.endsWith('-conformance.ts')

const all = ['bin', 'src', 'test', 'script'].flatMap(listFiles)
const source = all.filter(({ path }) => path.startsWith('src/'))
const program = all.filter((file) => /^(bin|src)\//.test(file.path) && !isTest(file))

/** Every import that crosses a folder, as `src/…` paths without the `src/`. */
const crossings = source
  .filter((file) => !isTest(file))
  .flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.startsWith('#/'))
      .map((name) => ({ from: path.slice('src/'.length), to: name.slice('#/'.length) })),
  )

const folderOf = (path: string): string => path.split('/')[0] ?? ''

const matches = (path: string, pattern: string): boolean =>
  pattern.endsWith('.ts')
    ? new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`).test(path)
    : path.startsWith(`${pattern}/`)

const assertNone = (violations: string[]): void => assert.deepEqual(violations, [])

test('a folder imports only what its arrows lead to', () => {
  assertNone(
    crossings
      .filter(({ from, to }) => folderOf(from) !== folderOf(to))
      .filter(({ from, to }) => !ARROWS[folderOf(from)]?.some((arrow) => matches(to, arrow)))
      .map(({ from, to }) => `${from} -> ${to}`),
  )
})

test('a noun imports only nouns before it', () => {
  assertNone(
    crossings
      .filter(({ from, to }) => folderOf(from) === 'platform' && folderOf(to) === 'platform')
      .filter(({ from, to }) => rankOf(to) > rankOf(from))
      .map(({ from, to }) => `${from} -> ${to}`),
  )
  const known = readdirSync(join(root, 'src/platform'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  assertNone(known.filter((name) => !NOUNS.includes(name)))
})

/** What lies in `platform/` itself is for all nouns, and knows only the first. */
const rankOf = (path: string): number => {
  const [, noun, file] = path.split('/')
  return file === undefined ? 0 : NOUNS.indexOf(noun ?? '')
}

test('#/ crosses a folder, ./ stays inside, ../ is for tests that use test/support', () => {
  assertNone(
    all
      .filter(({ path }) => /^(bin|src)\//.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter((name) => name.startsWith('../'))
          .filter((name) => !(isTest({ path, text: '', imports }) && leadsToSupport(path, name)))
          .map((name) => `${path} -> ${name}`),
      ),
  )
})

const leadsToSupport = (path: string, name: string): boolean =>
  relative('test/support', join(dirname(path), name)).startsWith('..') === false

test('only stores and the foundation speak SQL', () => {
  const sql = /\.(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql(<[^`]*>)?`|\.query[(<]/
  assertNone(
    program
      .filter(({ path }) => !path.startsWith('src/foundation/') && !path.endsWith('-store.ts'))
      .filter(({ path }) => !SPEAKS_SQL.includes(path))
      .filter(({ text }) => sql.test(text))
      .map(({ path }) => path),
  )
})

test('only foundation/config.ts reads the environment', () => {
  assertNone(
    program
      .filter(
        ({ path, text }) => path !== 'src/foundation/config.ts' && /process\.env\b/.test(text),
      )
      .map(({ path }) => path),
  )
})

test('only foundation/exec.ts starts programs, and never through a shell', () => {
  const spawns = /^import (?!type )[^']*from 'node:child_process'/m
  assertNone(
    program
      .filter(({ path, text }) => path !== 'src/foundation/exec.ts' && spawns.test(text))
      .map(({ path }) => path),
  )
  assertNone(program.filter(({ text }) => /shell: *true/.test(text)).map(({ path }) => path))
})

test('each noun has tests', () => {
  assertNone(
    NOUNS.filter(
      (noun) =>
        !source.some((file) => file.path.startsWith(`src/platform/${noun}/`) && isTest(file)),
    ),
  )
})

test('each command is in the table', () => {
  const table = readFileSync(join(root, 'src/cli/command-table.ts'), 'utf8')
  assertNone(
    source
      .map(({ path }) => path)
      .filter((path) => path.startsWith('src/cli/commands/') && !path.endsWith('.test.ts'))
      .filter((path) => !table.includes(`'./${path.slice('src/cli/'.length)}'`)),
  )
})
