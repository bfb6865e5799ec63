import { isRoot } from './sandbox-spec.ts'

/** Runs what follows in a mount namespace of its own; an ordinary user may mount there in a user namespace only. */
export const unshareCommand = (): [string, ...string[]] => [
  '/usr/bin/unshare',
  ...(isRoot() ? [] : ['--user', '--map-root-user']),
  ...['--mount', '--propagation', 'private', '--'],
]
