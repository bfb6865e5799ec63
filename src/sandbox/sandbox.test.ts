import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildBwrapArguments } from './bwrap-arguments.ts'
import { cgroupLayout } from './cgroups.ts'
import { giveToSandbox } from './prepare-sandbox.ts'
import { probeSandbox } from './probe-sandbox.ts'
import { runInSandbox, type RunInSandboxOptions } from './run-in-sandbox.ts'
import type { SandboxSpec } from './sandbox-spec.ts'
import { buildSeccompFilter, DENIED_NAMES } from './seccomp.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-sandbox-test-'))
  await giveToSandbox(dir)
})
after(() => rm(dir, { recursive: true, force: true }))

const aSpec = (script: string, change: Partial<SandboxSpec> = {}): SandboxSpec => ({
  command: ['bash', '-c', script],
  env: { PATH: '/usr/bin:/bin', SECRET: "it's a secret" },
  chdir: '/work-dir',
  hostname: 'build',
  writable: [{ host: dir, inside: '/work-dir' }],
  readOnly: [],
  tmpSizeBytes: 16 * 1024 * 1024,
  memoryBytes: 256 * 1024 * 1024,
  pids: 64,
  fileSizeBytes: null,
  ...change,
})
const runScript = async (
  script: string,
  change: Partial<SandboxSpec> = {},
  options: Partial<RunInSandboxOptions> = {},
) => {
  let output = ''
  const outcome = await runInSandbox(aSpec(script, change), {
    onOutput: (chunk) => (output += chunk.toString()),
    timeLimitMs: 30_000,
    ...options,
  })
  return { ...outcome, output }
}

test('no value of the environment stands on a command line of the host', async () => {
  assert.ok(buildBwrapArguments(aSpec('true')).includes("it's a secret"))
  const { output } = await runScript('tr "\\0" " " < /proc/1/cmdline; echo; echo "$SECRET"')
  const [commandLine, secret] = output.split('\n')
  assert.doesNotMatch(commandLine ?? '', /secret/)
  assert.equal(secret, "it's a secret")
})

test('what a program writes lands in the folder it was given, and its exit status comes back', async () => {
  const { exitStatus, reason } = await runScript('echo made > here; exit 5')
  assert.deepEqual([exitStatus, reason], [5, 'exit'])
  assert.equal(await readFile(join(dir, 'here'), 'utf8'), 'made\n')
})

test('the host is read-only and mostly not there', async () => {
  const { output } = await runScript(
    'touch /usr/x /etc/x /x 2>&1 | grep -c -i "read-only\\|denied"; ls -d /root /home /srv /var/lib 2>/dev/null | wc -l',
  )
  assert.equal(output, '3\n0\n')
})

test('time and idle limits and an abort end it, with everything it had started', async () => {
  assert.equal(
    (await runScript('sleep 100 & sleep 100', {}, { timeLimitMs: 300 })).reason,
    'time-limit',
  )
  assert.equal(
    (await runScript('echo once; sleep 100', {}, { idleLimitMs: 300 })).reason,
    'idle-limit',
  )
  const abort = new AbortController()
  const aborted = runScript('echo go; sleep 100', {}, { signal: abort.signal })
  abort.abort()
  assert.equal((await aborted).reason, 'aborted')
})

const noCgroups = cgroupLayout().pids === undefined && 'this machine offers no cgroups to us'

test('a fork bomb stops at its limit of processes', { skip: noCgroups }, async () => {
  const { output } = await runScript(
    'for n in $(seq 200); do sleep 5 & done 2>&1 | head -1; echo still alive',
    { pids: 40 },
  )
  assert.match(output, /Resource temporarily unavailable|retry|fork/)
})

test('too much memory ends the program, not the machine', { skip: noCgroups }, async () => {
  const { exitStatus } = await runScript(
    'python3 -c "b = bytearray(400 * 1024 * 1024); print(len(b))"',
    { memoryBytes: 64 * 1024 * 1024 },
  )
  assert.notEqual(exitStatus, 0)
})

test('the seccomp filter is a whole program for each architecture, with a number for each name', () => {
  for (const arch of ['x64', 'arm64']) {
    const filter = buildSeccompFilter(arch)
    assert.equal(filter.length % 8, 0)
    assert.ok(filter.length / 8 > DENIED_NAMES.length * 2)
  }
  assert.throws(() => buildSeccompFilter('pdp11'), /no seccomp filter/)
})

test('system calls that lead out of sandboxes are refused', async () => {
  const { output } = await runScript(`python3 - <<'EOF'
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name, number in (('ptrace', 101), ('keyctl', 250), ('unshare', 272), ('bpf', 321), ('io_uring_setup', 425)):
    result = libc.syscall(number, 0, 0, 0, 0, 0)
    print(name, result, os.strerror(ctypes.get_errno()))
EOF`)
  if (process.arch === 'x64')
    assert.equal(output.match(/-1 Operation not permitted/g)?.length, 5, output)
})

test('the probe of this machine finds a closed sandbox', async () => {
  const probes = await probeSandbox()
  for (const { name, ok, detail } of probes)
    if (name !== 'private network' && name !== 'cgroup limits') assert.ok(ok, `${name}: ${detail}`)
})
