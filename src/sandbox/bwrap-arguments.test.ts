import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBwrapArguments, buildInnerCommand } from './bwrap-arguments.ts'
import type { SandboxSpec } from './sandbox-spec.ts'

const SPEC: SandboxSpec = {
  command: ['bash', '-c', 'true'],
  env: { GREETING: 'hello', TOKEN: "it's a secret" },
  chdir: '/app',
  hostname: 'web-1',
  overlay: { folder: '/data/layers', layers: ['one', 'two'], inside: '/app' },
  writable: [{ host: '/data/cache', inside: '/cache' }],
  readOnly: [{ host: '/opt/python', inside: '/opt/python' }],
  tmpSizeBytes: 1000,
  memoryBytes: null,
  pids: null,
  fileSizeBytes: null,
}
const NEW = { path: '/usr/bin/bwrap', knowsDisableUserns: true, knowsSize: true }
const OLD = { path: '/usr/bin/bwrap', knowsDisableUserns: false, knowsSize: false }
const files = [
  { descriptor: 10, host: '/data/run-1/passwd', inside: '/etc/passwd' },
  { descriptor: 11, host: '/etc/resolv.conf', inside: '/etc/resolv.conf' },
]
const around = {
  bwrap: NEW,
  files,
  hostUid: 61_184,
  overlayHost: '/data/run-1/merged',
  isGated: false,
}

test("root's sandboxes need no user namespace and keep only what changes the user", () => {
  assert.equal(
    buildBwrapArguments(SPEC, around).join(' '),
    [
      '--unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try',
      '--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP --cap-add CAP_DAC_READ_SEARCH',
      '--new-session --die-with-parent --hostname web-1',
      '--dir /etc --dir /etc/pki --dir /etc/pki/tls --dir /etc/ssl --dir /opt --dir /var',
      '--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin',
      '--symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/lib32 /lib32',
      '--perms 644 --file 10 /etc/passwd --perms 644 --file 11 /etc/resolv.conf',
      '--ro-bind-try /etc/ssl/certs /etc/ssl/certs --ro-bind-try /etc/pki/tls/certs /etc/pki/tls/certs',
      '--ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/fonts /etc/fonts',
      '--proc /proc --dev /dev',
      '--size 1000 --perms 1777 --tmpfs /tmp --size 1000 --perms 1777 --tmpfs /dev/shm',
      '--size 16777216 --perms 1777 --tmpfs /run --symlink ../tmp /var/tmp --symlink ../run /var/run',
      '--bind /data/run-1/merged /app --bind /data/cache /cache --ro-bind /opt/python /opt/python',
      "--chdir /app --clearenv --setenv GREETING hello --setenv TOKEN it's a secret --remount-ro /",
    ].join(' '),
  )
  assert.equal(
    buildInnerCommand(SPEC.command, 61_184).join(' '),
    '/usr/bin/setpriv --reuid=61184 --regid=61184 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs -- bash -c true',
  )
})

test("an ordinary user's are in a user namespace, as one user without capabilities", () => {
  const text = buildBwrapArguments(SPEC, { ...around, hostUid: null }).join(' ')
  assert.match(
    text,
    / --unshare-user --uid 1000 --gid 1000 --cap-drop ALL --disable-userns --new-session /,
  )
  assert.doesNotMatch(text, /--cap-add/)
  assert.deepEqual(buildInnerCommand(SPEC.command, null), SPEC.command)
})

test('what waits at a gate is started by whoever opens it', () => {
  const text = buildBwrapArguments(SPEC, { ...around, isGated: true }).join(' ')
  assert.match(text, / --remount-ro \/ --block-fd 7$/)
})

test('an older bubblewrap gets no option that it does not know', () => {
  const text = buildBwrapArguments(SPEC, { ...around, hostUid: null, bwrap: OLD }).join(' ')
  assert.doesNotMatch(text, /--disable-userns|--size/)
})
