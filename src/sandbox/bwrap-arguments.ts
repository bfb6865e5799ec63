import { existsSync } from 'node:fs'
import { INSIDE_UID, type SandboxSpec } from './sandbox-spec.ts'

/** Where enter.sh puts what the sandbox may see, in a mount namespace of its own. */
export const STAGE = '/mnt'

/** A mount that enter.sh makes below the stage, and where bwrap shows it. */
export type StagedMount = {
  kind: 'bind' | 'overlay'
  host: string
  name: string
  inside: string
  isWritable: boolean
  /** Of an overlay: the folders in `host`, the uppermost first. */
  layers?: string[]
}

export const stagedMounts = (spec: SandboxSpec): StagedMount[] => [
  ...(spec.overlay
    ? [
        {
          kind: 'overlay' as const,
          host: spec.overlay.folder,
          name: 'overlay',
          inside: spec.overlay.inside,
          isWritable: true,
          layers: spec.overlay.layers,
        },
      ]
    : []),
  ...spec.writable.map(({ host, inside }, index) => ({
    kind: 'bind' as const,
    host,
    name: `w${index}`,
    inside,
    isWritable: true,
  })),
  ...spec.readOnly.map(({ host, inside }, index) => ({
    kind: 'bind' as const,
    host,
    name: `r${index}`,
    inside,
    isWritable: false,
  })),
]

/** What of the host's /etc programs need to reach the network and find libraries. None of it is secret. */
const ETC = [
  '/etc/resolv.conf',
  '/etc/ssl',
  '/etc/ca-certificates',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/localtime',
  '/etc/mime.types',
  '/etc/nsswitch.conf',
  '/etc/services',
  '/etc/protocols',
]

const LIBRARIES = ['bin', 'sbin', 'lib', 'lib64', 'lib32']

/** bwrap's options, to be handed over in a descriptor: values of variables are secrets. */
export const buildBwrapArguments = (spec: SandboxSpec): string[] => [
  ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
  ...[
    '--uid',
    String(INSIDE_UID),
    '--gid',
    String(INSIDE_UID),
    '--disable-userns',
    '--cap-drop',
    'ALL',
  ],
  ...['--new-session', '--die-with-parent', '--hostname', spec.hostname],
  ...['--ro-bind', '/usr', '/usr'],
  ...LIBRARIES.filter((name) => existsSync(`/usr/${name}`)).flatMap((name) => [
    '--symlink',
    `usr/${name}`,
    `/${name}`,
  ]),
  ...[
    '--dir',
    '/etc',
    '--ro-bind',
    `${STAGE}/passwd`,
    '/etc/passwd',
    '--ro-bind',
    `${STAGE}/group`,
    '/etc/group',
  ],
  ...['--ro-bind', `${STAGE}/hosts`, '/etc/hosts'],
  ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
  ...['--proc', '/proc', '--dev', '/dev'],
  ...[
    '--size',
    String(spec.tmpSizeBytes),
    '--tmpfs',
    '/tmp',
    '--size',
    '16777216',
    '--tmpfs',
    '/run',
    '--dir',
    '/var/tmp',
  ],
  ...stagedMounts(spec).flatMap(({ name, inside, isWritable }) => [
    isWritable ? '--bind' : '--ro-bind',
    `${STAGE}/${name}`,
    inside,
  ]),
  ...['--chdir', spec.chdir, '--clearenv'],
  ...Object.entries(spec.env).flatMap(([name, value]) => ['--setenv', name, value]),
  ...['--remount-ro', '/'],
]
