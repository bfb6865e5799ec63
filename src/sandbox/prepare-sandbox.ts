import { chown, lchown, mkdir, opendir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildBwrapArguments, stagedMounts } from './bwrap-arguments.ts'
import { cgroupJoinLines } from './cgroups.ts'
import { buildSeccompFilter } from './seccomp.ts'
import { INSIDE_UID, isRoot, sandboxUid, type SandboxSpec } from './sandbox-spec.ts'

const ENTER = fileURLToPath(new URL('./enter.sh', import.meta.url))

/**
 * Writes what enter.sh needs into `dir` and returns the command line that enters the sandbox. The environment of the
 * sandbox is in a file of mode 0600 that enter.sh removes as soon as it is open.
 * @param name of its cgroup, unique on this host
 */
export const prepareSandbox = async (
  dir: string,
  name: string,
  spec: SandboxSpec,
): Promise<[string, ...string[]]> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await Promise.all([
    writeFile(
      join(dir, 'arguments'),
      buildBwrapArguments(spec)
        .map((argument) => `${argument}\0`)
        .join(''),
      { mode: 0o600 },
    ),
    writeFile(join(dir, 'seccomp'), buildSeccompFilter()),
    writeFile(
      join(dir, 'mounts'),
      stagedMounts(spec)
        .map(
          ({ kind, host, name: at, layers = [] }) => `${[kind, host, at, ...layers].join('\t')}\n`,
        )
        .join(''),
    ),
    writeFile(join(dir, 'command'), `set -- ${spec.command.map(quote).join(' ')}\n`),
    writeFile(join(dir, 'limits'), limitLines(name, spec)),
    writeFile(
      join(dir, 'passwd'),
      `root:x:0:0::/:/usr/sbin/nologin\ndyno:x:${INSIDE_UID}:${INSIDE_UID}::/app:/bin/bash\n`,
    ),
    writeFile(join(dir, 'group'), `root:x:0:\ndyno:x:${INSIDE_UID}:\n`),
    writeFile(join(dir, 'hosts'), `127.0.0.1 localhost ${spec.hostname}\n::1 localhost\n`),
    ...(spec.overlay ? [prepareLayer(dir)] : []),
  ])
  return enterCommand(dir)
}

/** A word for the shell, taken as it is. */
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Where an overlay writes: owned by the sandbox's user, empty. */
const prepareLayer = async (dir: string): Promise<void> => {
  for (const part of ['layer', 'layer/upper', 'layer/work']) {
    await mkdir(join(dir, part), { recursive: true, mode: 0o755 })
    if (isRoot()) await chown(join(dir, part), sandboxUid(), sandboxUid())
  }
}

const limitLines = (name: string, { fileSizeBytes, memoryBytes, pids }: SandboxSpec): string =>
  [
    ...(fileSizeBytes === null ? [] : [`ulimit -f ${Math.ceil(fileSizeBytes / 512)}`]),
    ...cgroupJoinLines(name, { memoryBytes, pids }),
    '',
  ].join('\n')

const enterCommand = (dir: string): [string, ...string[]] => {
  const bwrap = findBwrap()
  return isRoot()
    ? [
        '/usr/bin/unshare',
        '--mount',
        '--propagation',
        'private',
        '/bin/sh',
        ENTER,
        dir,
        String(sandboxUid()),
        bwrap,
      ]
    : [
        '/usr/bin/unshare',
        '--user',
        '--map-root-user',
        '--mount',
        '--propagation',
        'private',
        '/bin/sh',
        ENTER,
        dir,
        'self',
        bwrap,
      ]
}

export const findBwrap = (): string => {
  const found = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'].find((path) =>
    existsSync(path),
  )
  if (!found)
    throw new Error('bubblewrap is not installed. On Debian or Ubuntu: apt-get install bubblewrap')
  return found
}

/** Makes the sandbox's user the owner of a tree, links themselves and not what they lead to. Nothing to do but for root. */
export const giveToSandbox = async (path: string): Promise<void> => {
  if (!isRoot()) return
  await lchown(path, sandboxUid(), sandboxUid())
  for await (const entry of await opendir(path)) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) await giveToSandbox(child)
    else await lchown(child, sandboxUid(), sandboxUid())
  }
}
