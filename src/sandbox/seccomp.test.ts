import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildTrialSpec } from './require-sandbox.ts'
import { runInSandbox } from './run-in-sandbox.ts'
import { buildSeccompFilter, DENIED_NAMES } from './seccomp.ts'

test('the filter is a whole program for each architecture, with a number for each name', () => {
  for (const arch of ['x64', 'arm64']) {
    const filter = buildSeccompFilter(arch)
    assert.equal(filter.length % 8, 0)
    assert.ok(filter.length / 8 > DENIED_NAMES.length * 2)
  }
  assert.throws(() => buildSeccompFilter('pdp11'), /no seccomp filter/)
})

test('every jump of the filter lands inside it', () => {
  for (const arch of ['x64', 'arm64']) {
    const filter = buildSeccompFilter(arch)
    const count = filter.length / 8
    for (let at = 0; at < count; at++) {
      const isJump = (filter.readUInt16LE(at * 8) & 0x07) === 0x05
      const furthest = Math.max(filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3))
      assert.ok(!isJump || at + 1 + furthest < count, `${arch}: instruction ${at}`)
    }
    assert.equal(filter.readUInt16LE((count - 1) * 8), 0x06, 'the last one answers')
  }
})

const CALLS = `import ctypes, os, subprocess, threading
libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {'x86_64': dict(ptrace=101, keyctl=250, unshare=272, bpf=321, io_uring_setup=425, mount=165, clone=56, clone3=435),
  'aarch64': dict(ptrace=117, keyctl=219, unshare=97, bpf=280, io_uring_setup=425, mount=40, clone=220, clone3=435)}
numbers = NUMBERS[os.uname().machine]
for name in ('ptrace', 'keyctl', 'unshare', 'bpf', 'io_uring_setup', 'mount', 'clone3'):
    libc.syscall(numbers[name], 0, 0, 0, 0, 0)
    print(name, os.strerror(ctypes.get_errno()))
libc.syscall(numbers['clone'], 0x10000000 | 17, 0, 0, 0, 0)
print('clone into a user namespace', os.strerror(ctypes.get_errno()))
import fcntl, pty
master, slave = pty.openpty()
try:
    fcntl.ioctl(slave, 0x5412, b'x')
    print('TIOCSTI went through')
except OSError as error:
    print('TIOCSTI', error.strerror)
threading.Thread(target=lambda: print('threads work')).start()
print(subprocess.run(['echo', 'children work'], capture_output=True).stdout.decode().strip())`

test('system calls that lead out of sandboxes are refused, those of ordinary programs are not', async () => {
  let output = ''
  await runInSandbox(buildTrialSpec(['python3', '-c', CALLS]), {
    onOutput: (chunk) => (output += chunk.toString()),
    timeLimitMs: 60_000,
  })
  assert.deepEqual(output.trim().split('\n').toSorted(), [
    'TIOCSTI Operation not permitted',
    'bpf Operation not permitted',
    'children work',
    'clone into a user namespace Operation not permitted',
    'clone3 Function not implemented',
    'io_uring_setup Operation not permitted',
    'keyctl Operation not permitted',
    'mount Operation not permitted',
    'ptrace Operation not permitted',
    'threads work',
    'unshare Operation not permitted',
  ])
})
