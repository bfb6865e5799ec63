import { messageOf } from '#/foundation/errors.ts'
import { runInSandbox } from './run-in-sandbox.ts'
import type { SandboxSpec } from './sandbox-spec.ts'

/** This machine cannot keep programs apart, and without that none is run. */
class NoSandboxError extends Error {
  override readonly name = 'NoSandboxError'
}

/**
 * Level L2 (own processes, files and users; seccomp; limits; the machine's network) or nothing: there is no way to run
 * with less. Found by entering a sandbox, once per process; a failure is tried again by the next who asks.
 */
export const requireSandbox = (): Promise<void> => {
  proven ??= enterOnce().catch((error: unknown) => {
    proven = undefined
    throw error
  })
  return proven
}

let proven: Promise<void> | undefined

const LIMIT_MS = 20_000
const MARK = 'inside'

const enterOnce = async (): Promise<void> => {
  let output = ''
  try {
    await runInSandbox(buildTrialSpec(['echo', MARK]), {
      onOutput: (chunk) => (output += chunk.toString()),
      timeLimitMs: LIMIT_MS,
    })
  } catch (error) {
    throw new NoSandboxError(`${CANNOT} ${messageOf(error)}`, { cause: error })
  }
  if (output.trim() !== MARK) throw new NoSandboxError(`${CANNOT} ${output.trim()} ${CURE}`)
}

const CANNOT = 'Programs cannot be put into a sandbox on this machine.'

export const CURE =
  'As an ordinary user this needs user namespaces. On Ubuntu 24.04: apt-get install apparmor-profiles, then link /usr/share/apparmor/extra-profiles/bwrap-userns-restrict into /etc/apparmor.d and reload it; or start the platform as root. In a container: run it with --privileged.'

/** A small sandbox to try things in. */
export const buildTrialSpec = (command: SandboxSpec['command']): SandboxSpec => ({
  command,
  env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
  chdir: '/',
  hostname: 'probe',
  writable: [],
  readOnly: [],
  tmpSizeBytes: 4 * 1024 * 1024,
  memoryBytes: 128 * 1024 * 1024,
  pids: 64,
  fileSizeBytes: null,
})
