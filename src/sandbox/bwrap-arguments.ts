import { dirname } from 'node:path'
import type { Bwrap } from './bwrap.ts'
import { ETC_FOLDERS, type EtcFile } from './etc-files.ts'
import type { SandboxSpec } from './sandbox-spec.ts'

/** What the arguments depend on besides the spec. */
export type BwrapSurroundings = {
  bwrap: Bwrap
  /** Of files in the sandbox: open descriptors that their content is read from. */
  files: EtcFile[]
  /** The uid on the host that root's sandboxes change to; null: an ordinary user's, in a user namespace. */
  hostUid: number | null
  /** Shown at `overlay.inside`. */
  overlayHost: string | undefined
  /** Starts the command only once something is written to descriptor GATE. */
  isGated: boolean
}

const GATE = 7

const USERNS_UID = '1000'

/** Links from / into /usr, as on every merged system. */
const LIBRARIES = ['bin', 'sbin', 'lib', 'lib64', 'lib32']

const RUN_BYTES = 16 * 1024 * 1024

/** bwrap's options, to be handed over in a descriptor: values of variables are secrets. */
export const buildBwrapArguments = (spec: SandboxSpec, around: BwrapSurroundings): string[] => [
  ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
  ...identity(around),
  ...['--new-session', '--die-with-parent', '--hostname', spec.hostname],
  ...folders(spec),
  ...system(around.files),
  ...temporary(spec, around.bwrap),
  ...mounts(spec, around.overlayHost),
  ...['--chdir', spec.chdir, '--clearenv'],
  ...Object.entries(spec.env).flatMap(([name, value]) => ['--setenv', name, value]),
  ...['--remount-ro', '/'],
  ...(around.isGated ? ['--block-fd', String(GATE)] : []),
]

/**
 * Root needs no user namespace, which many machines refuse (Ubuntu 24.04, containers): it keeps just what setpriv
 * needs to become another user for good.
 */
const identity = ({ hostUid, bwrap }: BwrapSurroundings): string[] => {
  if (hostUid !== null)
    return [...['--cap-drop', 'ALL'], ...UNTIL_SETPRIV.flatMap((name) => ['--cap-add', name])]
  return [
    ...['--unshare-user', '--uid', USERNS_UID, '--gid', USERNS_UID, '--cap-drop', 'ALL'],
    ...(bwrap.knowsDisableUserns ? ['--disable-userns'] : []),
  ]
}

/** To become another user, and to enter a working directory that is closed to all but that user. */
const UNTIL_SETPRIV = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP', 'CAP_DAC_READ_SEARCH']

/** Those that mounts lie in: bwrap would make them too, but closed to other users than itself. */
const folders = ({ overlay, writable, readOnly }: SandboxSpec): string[] => {
  const places = [...writable, ...readOnly, ...(overlay ? [overlay] : [])].map((one) => one.inside)
  const all = [...places, ...ETC_FOLDERS, '/etc/ssl/openssl.cnf', '/var/tmp'].flatMap(ancestorsOf)
  return [...new Set(all)].toSorted().flatMap((path) => ['--dir', path])
}

const ancestorsOf = (path: string): string[] => {
  const parent = dirname(path)
  return parent === '/' || parent === '.' ? [] : [...ancestorsOf(parent), parent]
}

/** Files are copied into the sandbox: for each mount bwrap reads the list of all mounts, which takes most of its time. */
const system = (files: EtcFile[]): string[] => [
  ...['--ro-bind', '/usr', '/usr'],
  ...LIBRARIES.flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
  ...files.flatMap(({ descriptor, inside }) => [
    '--perms',
    '644',
    '--file',
    `${descriptor}`,
    inside,
  ]),
  ...ETC_FOLDERS.flatMap((path) => ['--ro-bind-try', path, path]),
  ...['--proc', '/proc', '--dev', '/dev'],
]

const temporary = ({ tmpSizeBytes }: SandboxSpec, { knowsSize }: Bwrap): string[] => {
  const memoryFolder = (path: string, bytes: number): string[] => [
    ...(knowsSize ? ['--size', String(bytes)] : []),
    ...['--perms', '1777', '--tmpfs', path],
  ]
  return [
    ...memoryFolder('/tmp', tmpSizeBytes),
    ...memoryFolder('/dev/shm', tmpSizeBytes),
    ...memoryFolder('/run', RUN_BYTES),
    ...['--symlink', '../tmp', '/var/tmp', '--symlink', '../run', '/var/run'],
  ]
}

const mounts = (spec: SandboxSpec, overlayHost: string | undefined): string[] => [
  ...(spec.overlay && overlayHost ? ['--bind', overlayHost, spec.overlay.inside] : []),
  ...spec.writable.flatMap(({ host, inside }) => ['--bind', host, inside]),
  ...spec.readOnly.flatMap(({ host, inside }) => ['--ro-bind', host, inside]),
]

/** What bwrap starts: for root by way of setpriv, which leaves no way back. */
export const buildInnerCommand = (
  command: SandboxSpec['command'],
  hostUid: number | null,
): string[] =>
  hostUid === null
    ? command
    : [
        ...['/usr/bin/setpriv', `--reuid=${hostUid}`, `--regid=${hostUid}`, '--clear-groups'],
        ...['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'],
        ...command,
      ]
