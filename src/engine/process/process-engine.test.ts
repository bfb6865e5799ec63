import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openDiskStore } from '#/artifact-store/disk/disk-store.ts'
import { aWantedDyno, read, SERVE, testEngineConformance } from '#/engine/engine-conformance.ts'
import { run } from '#/foundation/exec.ts'
import { identify } from '#/foundation/process-identity.ts'
import { cgroupLayout, listCgroups } from '#/sandbox/cgroups.ts'
import { isRoot } from '#/sandbox/sandbox-spec.ts'
import type { DynoReport, WantedDyno } from '#/platform/dyno/engine.ts'
import { writeFiles } from '../../../test/support/files.ts'
import { aProcessEngine, type TestEngine } from '../../../test/support/process-engine.ts'
import { until } from '../../../test/support/until.ts'
import { descendantsOf } from './process-tree.ts'
import { readIdentity } from './run-dir.ts'

testEngineConformance('process', () =>
  aProcessEngine({ attachLimitMs: 2_000, examineEveryMs: 500, usageLogEveryMs: 200 }),
)

const LIMIT = { limitMs: 30_000 }

const engine = await aProcessEngine({ examineEveryMs: 100 })
after(() => engine.stopAll())

const wanted = new Map<string, WantedDyno>()
const want = (change: Partial<WantedDyno>): WantedDyno => {
  const dyno = aWantedDyno(change)
  wanted.set(dyno.id, dyno)
  engine.apply([...wanted.values()])
  return dyno
}
const unwant = async (dyno: WantedDyno): Promise<void> => {
  wanted.delete(dyno.id)
  engine.apply([...wanted.values()])
  await untilState(dyno, 'down')
  await until(() => !existsSync(folderOf(dyno)), LIMIT)
}
const reportsOf = ({ id }: WantedDyno, of = engine): DynoReport[] =>
  of.reports.flatMap(({ dynos }) => dynos.filter((one) => one.id === id))
const untilState = (dyno: WantedDyno, state: string, of = engine): Promise<DynoReport> =>
  until(() => reportsOf(dyno, of).findLast((report) => report.state === state), {
    ...LIMIT,
    what: `the dyno to be ${state}`,
  })
const textOf = ({ appId }: WantedDyno, of = engine): string =>
  of.lines
    .filter((line) => line.appId === appId)
    .map(({ source, text }) => `${source} ${text}`)
    .join('\n')
const folderOf = ({ id }: WantedDyno, of: TestEngine = engine): string =>
  join(of.dir, 'engine', 'dynos', id)
const supervisorOf = async (dyno: WantedDyno, of = engine): Promise<number> =>
  (await until(() => readIdentity(join(folderOf(dyno, of), 'run-1')), LIMIT)).pid

test('a config var that is marked is taken out of the next line of a dyno that runs', async () => {
  const env = { GREETING: 'hello world' }
  const dyno = want({ command: 'while sleep 0.05; do echo "$GREETING"; done', env })
  await until(() => textOf(dyno).includes('app hello world'), LIMIT)
  wanted.set(dyno.id, { ...dyno, marks: { GREETING: 'secret' } })
  engine.apply([...wanted.values()])
  const before = textOf(dyno).length
  await until(() => textOf(dyno).slice(before).includes('app [REDACTED]'), LIMIT)
  assert.equal(reportsOf(dyno).at(-1)?.restarts, 0)
  await unwant(dyno)
})

test('of a stopped dyno no file, mount, cgroup or process is left', async () => {
  const dyno = want({ web: true, command: SERVE })
  await untilState(dyno, 'up')
  const supervisor = await supervisorOf(dyno)
  assert.ok((await listCgroups(`dyno-${dyno.id}`)).length <= 1)
  await unwant(dyno)
  assert.deepEqual(await listCgroups(`dyno-${dyno.id}`), [])
  await until(() => identify(supervisor) === undefined, LIMIT)
  assert.doesNotMatch(readFileSync('/proc/self/mountinfo', 'utf8'), new RegExp(dyno.id))
  assert.equal((await run('pgrep', ['-f', dyno.id])).code, 1)
})

const { pids: cgroup } = await cgroupLayout()

test(
  'all processes of a dyno are held to its limits from their first moment',
  { skip: cgroup === undefined && 'this machine offers us no cgroups' },
  async () => {
    const dyno = want({ command: 'sleep 1000 & sleep 1000 & wait' })
    await untilState(dyno, 'up')
    const supervisor = await supervisorOf(dyno)
    const inside = await until(() => {
      const found = descendantsOf(supervisor).filter((pid) => !/^dd$/m.test(nameOf(pid)))
      return found.length >= 5 ? found : undefined
    }, LIMIT)
    const [name] = await listCgroups(`dyno-${dyno.id}`)
    const members = await readFile(join(cgroup ?? '', name ?? '', 'cgroup.procs'), 'utf8')
    assert.deepEqual(
      inside.toSorted((a, b) => a - b),
      members
        .trim()
        .split('\n')
        .map(Number)
        .toSorted((a, b) => a - b),
    )
    await unwant(dyno)
  },
)

const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()

test("somebody else on a dyno's port is not taken for it", async () => {
  const dyno = want({
    web: true,
    command: 'until [ -e go ]; do sleep 0.02; done; echo "port $PORT"; exec sleep 1000',
    bootLimitMs: 1_500,
  })
  const port = await until(() => portOf(dyno), LIMIT)
  const stranger = net.createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve))
  try {
    assert.match((await untilState(dyno, 'crashed')).reason ?? '', /R10/)
    assert.equal(
      reportsOf(dyno).some(({ state }) => state === 'up'),
      false,
    )
    // It does not fight for the port either.
    await until(() => (portOf(dyno) ?? port) !== port, LIMIT)
  } finally {
    stranger.close()
  }
  await unwant(dyno)
})

const portOf = (dyno: WantedDyno): number | undefined => {
  try {
    return JSON.parse(readFileSync(join(folderOf(dyno), 'state.json'), 'utf8')).memory.port
  } catch {
    return undefined // not written yet
  }
}

test('a dyno that listens on the loopback address of IPv6 alone can be reached there', async (t) => {
  if (!existsSync('/proc/net/if_inet6') || readFileSync('/proc/net/if_inet6', 'utf8') === '')
    return t.skip('this machine has no IPv6')
  const dyno = want({
    web: true,
    command: SERVE.replace("('', int", "('::1', int").replace(
      'http.server.HTTPServer(',
      "type('Six', (http.server.HTTPServer,), {'address_family': 10})(",
    ),
    env: { GREETING: 'six' },
  })
  const { address } = await untilState(dyno, 'up')
  assert.equal(address?.host, '::1')
  assert.equal(await read(address), 'six')
  await unwant(dyno)
})

test('a dyno that is suspended is ended and started again', async () => {
  const dyno = want({ command: 'echo "it is up"; exec sleep 1000' })
  await until(() => textOf(dyno).includes('app it is up'), LIMIT)
  for (const pid of descendantsOf(await supervisorOf(dyno)))
    if (nameOf(pid) === 'sleep') process.kill(pid, 'SIGSTOP')
  const { reason } = await untilState(dyno, 'crashed')
  assert.match(reason ?? '', /^R99 \(Platform error\) -> All processes are suspended/)
  await until(() => textOf(dyno).match(/app it is up/g)?.length === 2, LIMIT)
  await unwant(dyno)
})

test('a process that is killed for want of memory is told as R14, while its dyno goes on', async (t) => {
  if (!engine.hasLimits) return t.skip('this machine offers us no limits')
  const dyno = want({
    command: 'python3 -c "bytearray(300 * 1024 * 1024)"; echo "it goes on"; exec sleep 1000',
    memoryBytes: 64 * 1024 * 1024,
  })
  await until(() => textOf(dyno).includes('heroku Error R14 (Memory quota exceeded)'), LIMIT)
  await until(() => textOf(dyno).includes('app it goes on'), LIMIT)
  assert.equal(reportsOf(dyno).at(-1)?.state, 'up')
  await unwant(dyno)
})

test('a slug that is not what was built is not run, and is told as R17', async () => {
  const store = openDiskStore(join(engine.dir, 'artifacts'))
  const source = join(engine.dir, 'source')
  await writeFiles(source, { page: 'as built' })
  const { digest } = await store.put(source)
  await writeFile(join(engine.dir, 'artifacts', 'manifests', digest.slice('sha256:'.length)), '?')
  const other = await aProcessEngine({ materialize: store.materialize })
  try {
    const dyno = aWantedDyno({ digest, command: 'echo it runs' })
    other.apply([dyno])
    const { exitStatus, reason } = await untilState(dyno, 'crashed', other)
    assert.equal(exitStatus, 126)
    assert.match(reason ?? '', /^R17 \(Checksum error\) -> .*list of files/)
    assert.match(textOf(dyno, other), /^heroku Error R17 \(Checksum error\)/m)
    assert.doesNotMatch(textOf(dyno, other), /it runs/)
  } finally {
    await other.stopAll()
  }
})

test('a supervisor that loses what takes the output away goes on without', async () => {
  const dyno = want({ command: 'n=0; while sleep 0.1; do n=$((n + 1)); echo "tick $n"; done' })
  await until(() => textOf(dyno).includes('app tick 1'), LIMIT)
  const supervisor = await supervisorOf(dyno)
  for (const pid of descendantsOf(supervisor))
    if (nameOf(pid) === 'dd') process.kill(pid, 'SIGKILL')
  const seen = textOf(dyno).match(/tick/g)?.length ?? 0
  await until(() => (textOf(dyno).match(/tick/g)?.length ?? 0) > seen + 3, LIMIT)
  assert.equal(reportsOf(dyno).at(-1)?.restarts, 0)
  await unwant(dyno)
})

test('a supervisor costs less than 2 MB', async () => {
  const dyno = want({ command: 'exec sleep 1000' })
  await untilState(dyno, 'up')
  const supervisor = await supervisorOf(dyno)
  const app = await until(
    () => descendantsOf(supervisor).find((pid) => nameOf(pid) === 'sleep'),
    LIMIT,
  )
  const ours = [supervisor, ...descendantsOf(supervisor)].filter((pid) => pid !== app)
  const kilobytes = ours.map((pid) => {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1])
  })
  assert.ok(kilobytes.reduce((sum, one) => sum + one, 0) < 2048, kilobytes.join(' + '))
  await unwant(dyno)
})

test('forty dynos that are wanted at once all come up, and go', async () => {
  const dynos = Array.from({ length: 40 }, () => want({ command: 'exec sleep 1000' }))
  for (const dyno of dynos) await untilState(dyno, 'up')
  for (const { id } of dynos) wanted.delete(id)
  engine.apply([...wanted.values()])
  for (const dyno of dynos) await untilState(dyno, 'down')
  await until(() => readdirSync(join(engine.dir, 'engine', 'dynos')).length === 0, LIMIT)
})

test(
  'where the kernel has no overlay a dyno runs on a copy',
  { skip: !isRoot() && 'only root can make such a place' },
  async () => {
    const base = join(engine.dir, 'base')
    const place = join(base, 'merged')
    for (const name of ['lower', 'upper', 'work', 'merged'])
      await mkdir(join(base, name), { recursive: true })
    const mounted = await run('mount', [
      ...['-t', 'overlay', 'overlay', place],
      ...['-o', `lowerdir=${base}/lower,upperdir=${base}/upper,workdir=${base}/work`],
    ])
    assert.equal(mounted.code, 0, mounted.stderr)
    let other: TestEngine | undefined
    try {
      // An overlay cannot be the upper layer of another.
      other = await aProcessEngine({}, place)
      const digest = await other.aSlug({
        'page.html': 'original',
        'bin/run': '#!/bin/sh\necho changed > page.html; cat page.html',
      })
      const dyno = aWantedDyno({ kind: 'once', digest, command: 'cat page.html; bin/run' })
      other.apply([dyno])
      assert.equal((await untilState(dyno, 'complete', other)).exitStatus, 0)
      assert.match(textOf(dyno, other), /app originalchanged/)
      assert.equal(await readFile(join(other.dir, digest, 'page.html'), 'utf8'), 'original')
      const folder = folderOf(dyno, other)
      await until(() => readdirSync(folder).every((name) => !name.startsWith('run')), LIMIT)
    } finally {
      await other?.stopAll()
      await run('umount', [place])
    }
  },
)

test(
  'a disk without space costs output and memory of what was, not the dyno',
  { skip: !isRoot() && 'only root can make such a disk' },
  async () => {
    const place = join(engine.dir, 'small')
    await mkdir(place)
    await run('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', place])
    let other: TestEngine | undefined
    try {
      other = await aProcessEngine({}, place)
      const dyno = aWantedDyno({
        web: true,
        command: `yes "some output" | head -c 60000000; (while sleep 0.05; do printf '%8192s\\n' more; done) & ${SERVE}`,
        env: { GREETING: 'serving' },
      })
      other.apply([dyno])
      const { address } = await untilState(dyno, 'up', other)
      assert.equal(await read(address), 'serving')
      const blocked = aWantedDyno({ command: 'exec sleep 1000' })
      await run('sh', ['-c', 'yes > "$0/fill" 2> /dev/null', place])
      other.apply([dyno, blocked])
      await untilState(blocked, 'crashed', other)
      assert.equal(await read(address), 'serving')
      // What the engine has read and removed makes room: it is taken, too, until something that was printed found none.
      const isLossTold = (): boolean => /Error L12 \(output lost/.test(textOf(dyno, other))
      for (let round = 0; round < 10 && !isLossTold(); round++) {
        for (let times = 0; times < 10; times++) {
          await run('sh', ['-c', 'yes >> "$0/fill" 2> /dev/null', place])
          await pause(200)
        }
        await run('rm', [join(place, 'fill')])
        await untilState(blocked, 'up', other)
        await until(isLossTold, { limitMs: 5_000 }).catch(() => {})
      }
      assert.ok(isLossTold())
    } finally {
      await other?.stopAll()
      await run('umount', [place])
    }
  },
)
