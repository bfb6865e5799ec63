import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '#/foundation/errors.ts'
import { cgroupLayout } from './cgroups.ts'
import { findBwrap, giveToSandbox } from './prepare-sandbox.ts'
import { runInSandbox } from './run-in-sandbox.ts'
import type { SandboxSpec } from './sandbox-spec.ts'

/** One thing that was tried on this machine. */
export type Probe = {
  name: string
  ok: boolean
  detail: string
  /** What to do about it; null if nothing is wrong. */
  cure: string | null
}

const PROBE_LIMIT_MS = 20_000

/** Tries in a throw-away sandbox what its processes can see and do, and whether this machine can limit them. */
export const probeSandbox = async (): Promise<Probe[]> => {
  const bwrap = probeBwrap()
  if (!bwrap.ok) return [bwrap]
  const inside = await probeInside()
  const { memory, pids, version } = cgroupLayout()
  return [
    bwrap,
    ...inside,
    {
      name: 'cgroup limits',
      ok: memory !== undefined && pids !== undefined,
      detail:
        memory && pids
          ? `memory and processes, version ${version}`
          : 'no controller that we may use',
      cure:
        memory && pids
          ? null
          : 'Run as root, or delegate a cgroup: without it a dyno can use all memory of the machine.',
    },
    {
      name: 'private network',
      ok: false,
      detail: 'dynos share the network of the machine (level L2)',
      cure: 'Nothing to do yet: one dyno can reach the port of another on this machine.',
    },
  ]
}

const probeBwrap = (): Probe => {
  try {
    return { name: 'bubblewrap', ok: true, detail: findBwrap(), cure: null }
  } catch (error) {
    return {
      name: 'bubblewrap',
      ok: false,
      detail: messageOf(error),
      cure: 'apt-get install bubblewrap',
    }
  }
}

/** Each line of the script prints a name and what came of it; `no` is what a closed sandbox answers. */
const TRIES: { name: string; script: string; expected: RegExp; cure: string }[] = [
  {
    name: 'overlay',
    script: 'echo changed > file && cat file',
    expected: /^changed$/m,
    cure: 'The kernel refuses an overlay mount here: use ext4, xfs or tmpfs for the data directory.',
  },
  {
    name: 'not root',
    script: 'id -u',
    expected: /^1000$/m,
    cure: 'Report this: dynos must not run as root.',
  },
  {
    name: 'seccomp filter',
    script: 'grep Seccomp: /proc/self/status',
    expected: /2/,
    cure: 'The kernel has no seccomp filters (CONFIG_SECCOMP_FILTER).',
  },
  {
    name: 'no new namespaces',
    script: 'unshare --user true 2>/dev/null && echo yes || echo no',
    expected: /^no$/m,
    cure: 'Report this: a dyno could make namespaces.',
  },
  {
    name: 'host files hidden',
    script: 'ls -d /root /home /var/lib /etc/shadow 2>/dev/null | wc -l',
    expected: /^0$/m,
    cure: 'Report this: a dyno can see files of the host.',
  },
  {
    name: 'host processes hidden',
    script: 'ls /proc | grep -c "^[0-9]*$"',
    expected: /^[1-9]$/m,
    cure: 'Report this: a dyno can see processes of the host.',
  },
  {
    name: 'no environment of ours',
    script: 'tr "\\0" "\\n" < /proc/1/environ | wc -c',
    expected: /^0$/m,
    cure: 'Report this: a dyno can read the environment of the platform.',
  },
]

const probeInside = async (): Promise<Probe[]> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-probe-'))
  let output = ''
  try {
    await mkdir(join(dir, 'lower'))
    await giveToSandbox(join(dir, 'lower'))
    const script = TRIES.map(({ name, script: body }) => `echo "== ${name}"; ${body}`).join('\n')
    const { exitStatus } = await runInSandbox(probeSpec(dir, script), {
      onOutput: (chunk) => (output += chunk.toString()),
      timeLimitMs: PROBE_LIMIT_MS,
    })
    if (!output.includes('==')) throw new Error(output.trim() || `it ended with ${exitStatus}`)
  } catch (error) {
    return [{ name: 'sandbox', ok: false, detail: messageOf(error), cure: CURE_NO_SANDBOX }]
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return TRIES.map(({ name, expected, cure }) => {
    const answer = output.split(`== ${name}\n`)[1]?.split('== ')[0]?.trim() ?? 'no answer'
    const ok = expected.test(answer)
    return { name, ok, detail: answer, cure: ok ? null : cure }
  })
}

const CURE_NO_SANDBOX =
  'User namespaces seem to be closed. On Ubuntu 24.04: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or install its AppArmor profile for bwrap.'

const probeSpec = (folder: string, script: string): SandboxSpec => ({
  command: ['bash', '-c', script],
  env: { PATH: '/usr/bin:/bin' },
  chdir: '/app',
  hostname: 'probe',
  overlay: { folder, layers: ['lower'], inside: '/app' },
  writable: [],
  readOnly: [],
  tmpSizeBytes: 1024 * 1024,
  memoryBytes: 256 * 1024 * 1024,
  pids: 64,
  fileSizeBytes: null,
})
