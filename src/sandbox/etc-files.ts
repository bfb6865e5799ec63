import { existsSync } from 'node:fs'
import { insideUid } from './sandbox-spec.ts'

/** What of the host's /etc programs need to reach the network and find libraries. None of it is secret. */
const HOST_FILES = [
  ...['/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/services', '/etc/protocols'],
  ...[
    '/etc/ssl/openssl.cnf',
    '/etc/ld.so.cache',
    '/etc/mime.types',
    '/etc/localtime',
    '/etc/timezone',
  ],
]

/** Shown as they are, where the host has them. */
export const ETC_FOLDERS = [
  '/etc/ssl/certs',
  '/etc/pki/tls/certs',
  '/etc/alternatives',
  '/etc/fonts',
]

/** A file that bwrap makes in the sandbox of what it reads from an open descriptor. */
export type EtcFile = { descriptor: number; host: string; inside: string }

/** 8 and 9 are bwrap's arguments and the seccomp filter. */
const FIRST_DESCRIPTOR = 10

/** @param dir where files of our own are, see buildOwnFiles */
export const listEtcFiles = (dir: string): EtcFile[] =>
  [
    ...Object.keys(buildOwnFiles('')).map((name) => ({
      host: `${dir}/${name}`,
      inside: `/etc/${name}`,
    })),
    ...HOST_FILES.filter((path) => existsSync(path)).map((path) => ({ host: path, inside: path })),
  ].map((file, at) => ({ ...file, descriptor: FIRST_DESCRIPTOR + at }))

/** By name, what each sandbox has of its own. */
export const buildOwnFiles = (hostname: string): Record<string, string> => {
  const uid = insideUid()
  return {
    passwd: `root:x:0:0::/:/usr/sbin/nologin\ndyno:x:${uid}:${uid}::/app:/bin/bash\n`,
    group: `root:x:0:\ndyno:x:${uid}:\n`,
    hosts: `127.0.0.1 localhost ${hostname}\n::1 localhost\n`,
  }
}
