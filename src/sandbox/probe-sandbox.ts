import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '#/foundation/errors.ts'
import { config } from '#/foundation/config.ts'
import { bwrapPath } from './bwrap.ts'
import { cgroupLayout } from './cgroups.ts'
import { canOverlay } from './overlay.ts'
import { buildTries } from './probe-tries.ts'
import { buildTrialSpec, CURE } from './require-sandbox.ts'
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

const LIMIT_MS = 20_000

/**
 * Tries in throw-away sandboxes what programs in them see and can do, and whether they are held to their limits.
 * @param folder where dynos would write; each file system has its own answer about overlays
 */
export const probeSandbox = async (folder = tmpdir()): Promise<Probe[]> => {
  const bwrap = probeBwrap()
  if (!bwrap.ok) return [bwrap]
  return [
    bwrap,
    ...(await probeInside()),
    await probeOverlay(folder),
    await probeCgroups(),
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
    return { name: 'bubblewrap', ok: true, detail: bwrapPath(), cure: null }
  } catch (error) {
    const detail = messageOf(error)
    return { name: 'bubblewrap', ok: false, detail, cure: 'apt-get install bubblewrap' }
  }
}

/** All in one sandbox: each answer stands between two lines that name what was tried. */
const probeInside = async (): Promise<Probe[]> => {
  const tries = buildTries(config.dataDir)
  const script = tries.map((one) => `echo "== ${one.name}"; ${one.script}`).join('\n')
  const spec = buildTrialSpec(['bash', '-c', `${script}\necho "== "`])
  const output = await runQuietly({ ...spec, env: { ...spec.env, HIDDEN: config.dataDir } })
  if (!output.includes('== ')) return [{ name: 'sandbox', ok: false, detail: output, cure: CURE }]
  return tries.map(({ name, expected, cure }) => {
    const answer = output.split(`== ${name}\n`)[1]?.split('== ')[0]?.trimEnd() ?? 'no answer'
    const ok = expected.test(answer) || expected.test(`${answer} `)
    return { name, ok, detail: answer.replaceAll('\n', ', ').trim(), cure: ok ? null : cure }
  })
}

const probeOverlay = async (folder: string): Promise<Probe> => {
  const name = 'overlay'
  const place = await mkdtemp(join(folder, 'sluice-probe-'))
  try {
    return (await canOverlay(place))
      ? { name, ok: true, detail: `slugs are shared on ${folder}`, cure: null }
      : {
          name,
          ok: false,
          detail: `the kernel refuses overlays on ${folder}: each dyno gets a copy of its slug`,
          cure: 'Put the data directory on ext4, xfs or btrfs of the machine itself.',
        }
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

const NAME = 'cgroup limits'

/** Not only whether there are controllers: whether a program that takes too much is stopped. */
const probeCgroups = async (): Promise<Probe> => {
  const { cpu, memory, pids, version } = await cgroupLayout()
  const cure =
    'Run the platform as root, or as a user service of systemd (it delegates a cgroup): without limits one dyno can use all memory of the machine.'
  if (memory === undefined || pids === undefined) {
    const missing = [memory ?? 'memory', pids ?? 'processes'].filter((name) => !name.includes('/'))
    return { name: NAME, ok: false, detail: `no limit of ${missing.join(' and of ')}`, cure }
  }
  const [forked, filled] = await Promise.all([tryToFork(), tryToFill()])
  const failed = [forked ? [] : ['processes'], filled ? [] : ['memory']].flat()
  return failed.length === 0
    ? { name: NAME, ok: true, detail: `${limited(cpu)}, version ${version}`, cure: null }
    : {
        name: NAME,
        ok: false,
        detail: `there, but without effect on ${failed.join(' and ')}`,
        cure,
      }
}

const limited = (cpu: string | undefined): string =>
  cpu === undefined ? 'memory and processes' : 'memory, processes and shares of the processors'

const tryToFork = async (): Promise<boolean> => {
  const script = 'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 0.5 & done; echo all'
  const output = await runQuietly({ ...buildTrialSpec(['bash', '-c', script]), pids: 12 })
  return !/^all$/m.test(output) || /Resource temporarily unavailable/.test(output)
}

/** A shell variable of 32 MB, which takes more than that. */
const tryToFill = async (): Promise<boolean> => {
  const script = 'x=$(head -c 33554432 /dev/zero | tr "\\0" x); echo "${#x}"'
  const spec = { ...buildTrialSpec(['bash', '-c', script]), memoryBytes: 16 * 1024 * 1024 }
  return !(await runQuietly(spec)).includes('33554432')
}

/** What it printed, or why it could not run. */
const runQuietly = async (spec: SandboxSpec): Promise<string> => {
  let output = ''
  try {
    await runInSandbox(spec, {
      onOutput: (chunk) => (output += chunk.toString()),
      timeLimitMs: LIMIT_MS,
    })
    return output
  } catch (error) {
    return messageOf(error)
  }
}
