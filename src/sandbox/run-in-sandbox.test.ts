import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ended, run, start } from '#/foundation/exec.ts'
import { until } from '../../test/support/until.ts'
import { cgroupLayout, listCgroups } from './cgroups.ts'
import { giveToSandbox } from './prepare-sandbox.ts'
import { runInSandbox, type RunInSandboxOptions } from './run-in-sandbox.ts'
import { sweepSandboxRuns } from './sandbox-run.ts'
import { isRoot, type SandboxSpec } from './sandbox-spec.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-work-'))
  await giveToSandbox(dir)
})
after(() => rm(dir, { recursive: true, force: true }))

const LIMIT = { limitMs: 60_000 }
const layout = await cgroupLayout()
const noCgroups =
  layout.pids === undefined || layout.memory === undefined
    ? 'this machine offers us no cgroups'
    : false

const noCpu = layout.cpu === undefined ? 'this machine offers us no weights of processors' : false

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
    timeLimitMs: 60_000,
    ...options,
  })
  return { ...outcome, output }
}

test('what a program writes lands in the folder it was given, and its exit status comes back', async () => {
  const { exitStatus, reason } = await runScript('echo made > here; exit 5')
  assert.deepEqual([exitStatus, reason], [5, 'exit'])
  assert.equal(await readFile(join(dir, 'here'), 'utf8'), 'made\n')
  assert.equal((await runScript('kill -TERM $$')).exitStatus, 128 + 15)
})

test('values of the environment arrive as they are, and stand on no command line', async () => {
  const { output } = await runScript(
    'cat /proc/[0-9]*/cmdline 2>/dev/null | grep -ac "a [s]ecret"; echo "$SECRET"',
  )
  assert.deepEqual(output.split('\n'), ['0', "it's a secret", ''])
})

test('temporary folders may be written to, the system may not', async () => {
  const { output } = await runScript(
    'for place in /tmp /var/tmp /dev/shm /run /work-dir / /usr /etc; do touch $place/x 2>/dev/null && echo $place; done; whoami; echo $HOME',
  )
  assert.deepEqual(output.trimEnd().split('\n'), [
    ...['/tmp', '/var/tmp', '/dev/shm', '/run', '/work-dir'],
    'dyno',
  ])
})

test('its outputs can be opened by name, and terminals can be made', async () => {
  const { output } = await runScript(
    'script -qec "tty" /dev/null; getent hosts localhost | head -1 | cut -c1-3',
  )
  assert.match(output, /\/dev\/pts\/0\r\n/)
})

test('time and idle limits and an abort end it, with everything it had started', async () => {
  const mark = `mark-${process.pid}`
  const busy = `(exec -a ${mark} setsid sleep 1000) & echo once; sleep 1000`
  const late = await runScript(busy, {}, { timeLimitMs: 500 })
  assert.deepEqual([late.reason, late.exitStatus], ['time-limit', 137])
  assert.equal((await runScript(busy, {}, { idleLimitMs: 500 })).reason, 'idle-limit')
  const abort = new AbortController()
  const aborted = runScript(busy, {}, { signal: abort.signal, onOutput: () => abort.abort() })
  assert.equal((await aborted).reason, 'aborted')
  assert.equal((await runScript(busy, {}, { signal: abort.signal })).reason, 'aborted')
  assert.notEqual((await run('pgrep', ['-f', mark])).code, 0, 'something is left')
})

test('a fork bomb stops at its limit of processes', { skip: noCgroups }, async () => {
  const { output } = await runScript(
    'for n in $(seq 60); do sleep 0.5 & done 2>&1 | head -1; echo still alive',
    { pids: 20 },
  )
  assert.match(output, /Resource temporarily unavailable/)
})

test('too much memory ends the program, not the machine', { skip: noCgroups }, async () => {
  const { exitStatus } = await runScript(
    'exec python3 -c "b = bytearray(400 * 1024 * 1024); print(len(b))"',
    { memoryBytes: 64 * 1024 * 1024 },
  )
  assert.equal(exitStatus, 137)
})

test(
  'of a processor that two want, the one with the greater weight gets more',
  { skip: noCpu },
  async () => {
    const count = 'n=0; until [ -e stop ]; do n=$((n + 1)); done; echo $n'
    const counted = async (name: string, cpuWeight: number): Promise<number> => {
      const script = `taskset -cp 0 $$ > /dev/null; touch ${name}; ${count}`
      return Number((await runScript(script, { cpuWeight })).output)
    }
    const both = [counted('light', 1), counted('heavy', 8)]
    await until(() => existsSync(join(dir, 'light')) && existsSync(join(dir, 'heavy')))
    await pause(2_000)
    await writeFile(join(dir, 'stop'), '')
    const [light = 0, heavy = 0] = await Promise.all(both)
    await rm(join(dir, 'stop'))
    assert.ok(light > 0 && heavy > 2 * light, `${light} and ${heavy}`)
  },
)

test('a file has a largest size', async () => {
  const { output, exitStatus } = await runScript(
    '{ head -c 3000000 /dev/zero > big; } 2>/dev/null; code=$?; stat -c %s big; rm big; exit $code',
    { fileSizeBytes: 1024 * 1024 },
  )
  assert.notEqual(exitStatus, 0)
  assert.ok(Number(output.trim()) <= 1024 * 1024, output)
})

test('nothing is left on the host, neither by a run that ended nor by one whose maker was killed', async () => {
  await runScript('true')
  const script = `
    import { runInSandbox } from '#/sandbox/run-in-sandbox.ts'
    import { buildTrialSpec } from '#/sandbox/require-sandbox.ts'
    await runInSandbox(buildTrialSpec(['bash', '-c', 'echo started; sleep 1000']), {
      onOutput: (chunk) => process.stdout.write(chunk), timeLimitMs: 600_000 })`
  const maker = start(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: '/usr/bin:/bin' },
    cwd: import.meta.dirname,
  })
  const over = ended(maker)
  await new Promise((resolve) => maker.stdout?.once('data', resolve))
  const prefix = `sluice-sandbox-${maker.pid}-`
  const left = async (): Promise<string[]> => [
    ...(await readdir(tmpdir())).filter((name) => name.startsWith(prefix)),
    ...(await listCgroups(prefix)),
  ]
  assert.notDeepEqual(await left(), [])
  maker.kill('SIGKILL')
  await over
  await until(async () => {
    await sweepSandboxRuns()
    return (await left()).length === 0
  }, LIMIT)
  const own = await listCgroups(`sluice-sandbox-${process.pid}-`)
  assert.deepEqual(own, [])
})

/** Somebody who is not root, if we are and that one could read this code. */
const NOBODY = 65_534
const asNobody = (args: string[]) =>
  run('setpriv', [
    ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath],
    ...args,
  ])
const noUser = !isRoot()
  ? 'the other tests are run by an ordinary user already'
  : (await asNobody([join(import.meta.dirname, 'seccomp.ts')])).code !== 0 &&
    'another user cannot read these files'

test('an ordinary user has sandboxes too', { skip: noUser }, async () => {
  const script = `
    import { chdir } from 'node:process'
    chdir(${JSON.stringify(import.meta.dirname)})
    const { runInSandbox } = await import(${JSON.stringify(join(import.meta.dirname, 'run-in-sandbox.ts'))})
    const { buildTrialSpec } = await import(${JSON.stringify(join(import.meta.dirname, 'require-sandbox.ts'))})
    const { mkdir, mkdtemp, writeFile, rm } = await import('node:fs/promises')
    const folder = await mkdtemp('/tmp/sluice-lower-')
    await mkdir(folder + '/layer')
    await writeFile(folder + '/layer/file', 'below\\n')
    const program = 'id -u; cd /app; cat file; echo above > file; cat file; ulimit -c'
    const outcome = await runInSandbox(
      { ...buildTrialSpec(['bash', '-c', program]), overlay: { folder, layers: ['layer'], inside: '/app' } },
      { onOutput: (chunk) => process.stdout.write(chunk), timeLimitMs: 60_000 })
    await rm(folder, { recursive: true })
    console.log(outcome.exitStatus, outcome.reason)`
  const { stdout, stderr } = await asNobody(['--input-type=module', '-e', script])
  assert.equal(stdout, '1000\nbelow\nabove\n0\n0 exit\n', stderr)
})
