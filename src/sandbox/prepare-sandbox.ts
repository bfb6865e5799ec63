import { chmod, lchown, mkdir, opendir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBwrap } from './bwrap.ts'
import { buildBwrapArguments, buildInnerCommand } from './bwrap-arguments.ts'
import { checkSpec } from './check-spec.ts'
import { limitLines } from './limit-lines.ts'
import { layOverlay } from './overlay.ts'
import { insideUid, isRoot, sandboxUid, type SandboxSpec } from './sandbox-spec.ts'
import { buildSeccompFilter } from './seccomp.ts'
import { unshareCommand } from './unshare-command.ts'

const ENTER = fileURLToPath(new URL('./enter.sh', import.meta.url))

/**
 * Writes what enter.sh needs into `dir` and returns the command line that enters the sandbox. No secret is on it: the
 * environment is in a file of mode 0600 in a folder of mode 0700, which the caller removes when the sandbox has ended.
 * @param name of its cgroup, unique on this host
 * @throws SandboxSpecError for what cannot be put into a sandbox
 */
export const prepareSandbox = async (
  dir: string,
  name: string,
  spec: SandboxSpec,
): Promise<[string, ...string[]]> => {
  checkSpec(spec)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const hostUid = isRoot() ? sandboxUid() : null
  const [bwrap, limits, overlayHost] = await Promise.all([
    findBwrap(),
    limitLines(name, spec),
    spec.overlay ? layOverlay(dir, spec.overlay) : undefined,
  ])
  const options = buildBwrapArguments(spec, { bwrap, dir, hostUid, overlayHost })
  const write = (file: string, content: string | Buffer): Promise<void> =>
    writeFile(join(dir, file), content, { mode: 0o600 })
  await Promise.all([
    write('arguments', options.map((option) => `${option}\0`).join('')),
    write('seccomp', buildSeccompFilter()),
    write('limits', limits),
    ...buildEtc(spec.hostname).map(([file, text]) => writeReadable(join(dir, file), text)),
  ])
  return [
    ...unshareCommand(),
    ...['/bin/bash', ENTER, dir, bwrap.path],
    ...buildInnerCommand(spec.command, hostUid),
  ]
}

/** For the sandbox's user too, whatever our umask is. */
const writeReadable = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text)
  await chmod(path, 0o644)
}

const buildEtc = (hostname: string): [file: string, text: string][] => {
  const uid = insideUid()
  return [
    ['passwd', `root:x:0:0::/:/usr/sbin/nologin\ndyno:x:${uid}:${uid}::/app:/bin/bash\n`],
    ['group', `root:x:0:\ndyno:x:${uid}:\n`],
    ['hosts', `127.0.0.1 localhost ${hostname}\n::1 localhost\n`],
  ]
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
