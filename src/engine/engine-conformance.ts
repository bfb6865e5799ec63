import assert from 'node:assert/strict'
import net from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '#/foundation/ids.ts'
import type { LogLine } from '#/log-store/log-line.ts'
import {
  attachSocketPath,
  type DynoReport,
  type EngineReport,
  type WantedDyno,
} from '#/platform/dyno/engine.ts'
import { until } from '../../test/support/until.ts'

/** What the suite needs of an engine under test. */
export type EngineUnderTest = {
  apply: (rows: WantedDyno[]) => void
  reports: EngineReport[]
  lines: (LogLine & { appId: string })[]
  runDir: string
  /** An artifact of these files; returns its digest. */
  aSlug: (files: Record<string, string>) => Promise<string>
  /** Whether memory and processes of a dyno can be limited here. */
  hasLimits: boolean
  stopAll: () => Promise<void>
}

const LIMIT = { limitMs: 30_000 }
const SERVER = `import os, http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(os.environ.get('GREETING', '').encode())
    def log_message(self, *args): pass
http.server.HTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()`
export const SERVE = `exec python3 -c "${SERVER.replaceAll('"', '\\"')}"`

/** What every engine must do, whatever it makes dynos of. */
export const testEngineConformance = (
  name: string,
  startEngine: () => Promise<EngineUnderTest>,
): void => {
  const wantedRows = new Map<string, WantedDyno>()
  let engine: EngineUnderTest | undefined
  after(() => engine?.stopAll())

  const want = async (dyno: Partial<WantedDyno>): Promise<WantedDyno> => {
    engine ??= await startEngine()
    const wanted = aWantedDyno(dyno)
    wantedRows.set(wanted.id, wanted)
    engine.apply([...wantedRows.values()])
    return wanted
  }
  const unwant = (dyno: WantedDyno): void => {
    wantedRows.delete(dyno.id)
    engine?.apply([...wantedRows.values()])
  }
  const reportsOf = ({ id }: WantedDyno): DynoReport[] =>
    (engine?.reports ?? []).flatMap(({ dynos }) => dynos.filter((one) => one.id === id))
  const untilState = (dyno: WantedDyno, state: string): Promise<DynoReport> =>
    until(() => reportsOf(dyno).findLast((report) => report.state === state), {
      ...LIMIT,
      what: `${dyno.name} to be ${state}`,
    })
  const slugOf = async (files: Record<string, string>): Promise<string> => {
    engine ??= await startEngine()
    return engine.aSlug(files)
  }
  const textOf = ({ appId }: WantedDyno): string =>
    (engine?.lines ?? [])
      .filter((line) => line.appId === appId)
      .map(({ source, text }) => `${source} ${text}`)
      .join('\n')
  const untilLogged = (dyno: WantedDyno, text: string): Promise<unknown> =>
    until(() => textOf(dyno).includes(text), { ...LIMIT, what: `'${text}' in the log` })

  test(`${name}: a web dyno is up once it listens, and answers at its address with its environment`, async () => {
    const dyno = await want({ web: true, command: SERVE, env: { GREETING: 'hello from a dyno' } })
    const { address } = await untilState(dyno, 'up')
    assert.equal(await read(address), 'hello from a dyno')
    unwant(dyno)
    await untilState(dyno, 'down')
    await assert.rejects(read(address))
  })

  test(`${name}: a dyno sees its own files and may write beside them, but nothing of the host`, async () => {
    const dyno = await want({
      kind: 'once',
      command:
        'pwd; echo $HOME; [ $(id -u) != 0 ] && echo not root; echo x > written && cat written; ls /root /home /var/lib 2>&1 | head -3; cat /proc/1/environ 2>/dev/null; echo done',
    })
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 0)
    assert.match(textOf(dyno), /app \/app\napp \/app\napp not root\napp x\n/)
    assert.equal(textOf(dyno).match(/No such file or directory/g)?.length, 3)
    unwant(dyno)
  })

  test(`${name}: profile scripts are sourced in order of their names, then the app's own, then the command runs`, async () => {
    const digest = await slugOf({
      '.profile.d/b.sh': 'ORDER="$ORDER b"',
      '.profile.d/a.sh': 'ORDER="$FROM_CONFIG a"\nexport ORDER',
      '.profile.d/notes.txt': 'exit 9',
      '.profile': 'ORDER="$ORDER profile"',
    })
    const dyno = await want({
      kind: 'once',
      digest,
      command: `echo "order: $ORDER"; echo '"quotes"' '$HOME'`,
      env: { FROM_CONFIG: 'config' },
    })
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 0)
    assert.match(textOf(dyno), /app order: config a b profile\napp "quotes" \$HOME\n/)
    unwant(dyno)
  })

  test(`${name}: what a dyno writes over its slug is gone when it starts again`, async () => {
    const digest = await slugOf({ 'page.html': 'original' })
    const dyno = await want({
      digest,
      command:
        'echo "it says $(cat page.html), $(ls | wc -l)"; echo changed > page.html; touch new; exit 1',
    })
    await until(() => (textOf(dyno).match(/app it says/g)?.length ?? 0) >= 2, LIMIT)
    unwant(dyno)
    await untilState(dyno, 'down')
    for (const said of textOf(dyno).matchAll(/app it says (.*)/g))
      assert.equal(said[1], 'original, 1')
  })

  test(`${name}: no value of the environment is taken for anything else`, async () => {
    const values = {
      QUOTES: `'"\`$(id)\\`,
      LINES_IN_IT: 'one\ntwo',
      'with.dot-and-dash': 'seen',
      EMPTY: '',
    }
    const dyno = await want({
      kind: 'once',
      command: 'echo "[$QUOTES] [$LINES_IN_IT] [$EMPTY]"; env | grep dash',
      env: values,
    })
    await untilState(dyno, 'complete')
    assert.match(
      textOf(dyno),
      /app \['"`\$\(id\)\\\] \[one\napp two\] \[\]\napp with\.dot-and-dash=seen/,
    )
    const hostile = await want({
      kind: 'once',
      command: 'echo it ran',
      env: { NAME: 'x\0--ro-bind\0/\0/host' },
    })
    const { exitStatus, reason } = await untilState(hostile, 'complete')
    assert.notEqual(exitStatus, 0)
    assert.match(reason ?? '', /NUL/)
    assert.doesNotMatch(textOf(hostile), /app it ran/)
    unwant(dyno)
    unwant(hostile)
  })

  test(`${name}: what it prints is in the log, line by line, also the last one without an end`, async () => {
    const dyno = await want({
      kind: 'once',
      command: 'for n in 1 2 3; do echo "line $n"; done; echo oops >&2; printf "no end"',
    })
    await untilState(dyno, 'complete')
    await untilLogged(dyno, 'no end')
    assert.match(textOf(dyno), /Starting process with command/)
    assert.match(
      textOf(dyno),
      /app line 1\napp line 2\napp line 3\napp oops\napp no end\nheroku Process exited with status 0/,
    )
    unwant(dyno)
  })

  test(`${name}: a once-dyno reports its exit status and never starts again`, async () => {
    const dyno = await want({ kind: 'once', command: 'echo ran; exit 7' })
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 7)
    engine?.apply([...wantedRows.values()])
    await untilLogged(dyno, 'exited with status 7')
    assert.equal(textOf(dyno).match(/app ran/g)?.length, 1)
    unwant(dyno)
  })

  test(`${name}: output can be opened by name, and bytes that are no text do no harm`, async () => {
    const dyno = await want({
      kind: 'once',
      command: `echo named > /dev/stderr; echo out > /dev/stdout; printf 'nul:\\0 byte:\\xff\\n'; head -c 150000 /dev/zero | tr '\\0' y; echo; echo end`,
    })
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 0)
    const text = textOf(dyno)
    assert.match(text, /app named\napp out\napp nul:\0 byte:\ufffd\n/)
    assert.equal(text.match(/y{100,}/g)?.join('').length, 150_000)
    assert.match(text, /app end\n/)
    unwant(dyno)
  })

  test(`${name}: a flood of output is cut, and how much was dropped is said`, async () => {
    const dyno = await want({
      kind: 'once',
      command: 'head -c 64000000 /dev/zero | tr "\\0" "\\n"; echo after the flood',
    })
    await untilState(dyno, 'complete')
    assert.match(
      textOf(dyno),
      /heroku Error L10 \(output buffer overflow\): \d{6,} bytes of output were dropped/,
    )
    assert.match(textOf(dyno), /app after the flood/)
    unwant(dyno)
  })

  test(`${name}: a kept dyno that ends is started again, at the same port`, async () => {
    const dyno = await want({ web: true, command: 'echo "at $PORT"; exit 3' })
    await until(() => reportsOf(dyno).findLast(({ restarts }) => restarts >= 2), LIMIT)
    assert.equal((await untilState(dyno, 'crashed')).exitStatus, 3)
    unwant(dyno)
    await untilState(dyno, 'down')
    const ports = new Set([...textOf(dyno).matchAll(/app at (\d+)/g)].map(([, port]) => port))
    assert.equal(ports.size, 1)
    assert.match(textOf(dyno), /State changed from starting to crashed\n/)
    assert.match(textOf(dyno), /State changed from crashed to starting\n/)
  })

  test(`${name}: what runs once ends at its time limit, and that is no success`, async () => {
    const dyno = await want({
      kind: 'once',
      command: `trap 'exit 0' TERM; while :; do sleep 0.05; done`,
      timeLimitMs: 1_000,
    })
    const { exitStatus, reason } = await untilState(dyno, 'complete')
    assert.notEqual(exitStatus, 0)
    assert.match(reason ?? '', /longer than 1 seconds/)
    unwant(dyno)
  })

  test(`${name}: a dyno that takes too much memory is stopped with R15, and others are not`, async (t) => {
    const neighbour = await want({ command: 'sleep 1000' })
    await untilState(neighbour, 'up')
    if (!engine?.hasLimits) return t.skip('this machine offers us no limits')
    const dyno = await want({
      kind: 'once',
      memoryBytes: 64 * 1024 * 1024,
      command: 'exec python3 -c "print(len(bytearray(300 * 1024 * 1024)))"',
    })
    const { exitStatus, reason } = await untilState(dyno, 'complete')
    assert.equal(exitStatus, 137)
    assert.match(reason ?? '', /R15/)
    assert.equal(reportsOf(neighbour).at(-1)?.state, 'up')
    unwant(dyno)
    unwant(neighbour)
  })

  test(`${name}: a fork bomb stays within its dyno`, async (t) => {
    const dyno = await want({
      command: `bomb() { while :; do sleep 20 & done 2> /dev/null; }; bomb & bomb & echo lit; wait`,
      stopLimitMs: 1_000,
    })
    if (!engine?.hasLimits) return t.skip('this machine offers us no limits')
    await untilLogged(dyno, 'app lit')
    const other = await want({ kind: 'once', command: 'echo still room' })
    assert.equal((await untilState(other, 'complete')).exitStatus, 0)
    unwant(dyno)
    unwant(other)
    await untilState(dyno, 'down')
  })

  test(`${name}: children that nobody waits for leave no zombies`, async () => {
    const dyno = await want({
      kind: 'once',
      command:
        'for n in $(seq 300); do (true &) ; done; for n in $(seq 200); do z=$(grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l); [ $z = 0 ] && break; sleep 0.1; done; echo "zombies: $z"',
    })
    await untilState(dyno, 'complete')
    assert.match(textOf(dyno), /app zombies: 0/)
    unwant(dyno)
  })

  test(`${name}: a web dyno that never listens is stopped with R10`, async () => {
    const dyno = await want({ web: true, command: 'sleep 1000', bootLimitMs: 500 })
    assert.match((await untilState(dyno, 'crashed')).reason ?? '', /R10/)
    assert.match(
      textOf(dyno),
      /heroku Error R10 \(Boot timeout\) -> Web process failed to bind to \$PORT within 1 seconds of launch\nheroku Stopping process with SIGKILL\nheroku Process exited with status 137/,
    )
    unwant(dyno)
    await untilState(dyno, 'down')
  })

  test(`${name}: a web dyno with a health path is up only once that answers with success`, async () => {
    const answers = (status: string): string =>
      SERVE.replace('self.send_response(200)', `self.send_response(${status})`)
    const ready = `200 if self.path != '/health?deep' or os.path.exists('/app/ready') else 503`
    const dyno = await want({
      web: true,
      healthPath: '/health?deep',
      command: `(sleep 1; echo "ready now"; sleep 1; touch ready) & ${answers(ready)}`,
      env: { GREETING: 'healthy' },
    })
    const { address } = await untilState(dyno, 'up')
    assert.match(textOf(dyno), /app ready now\n[^]*State changed from starting to up/)
    assert.equal(await read(address), 'healthy')
    unwant(dyno)
    const sick = await want({
      web: true,
      healthPath: '/health',
      command: answers('500'),
      bootLimitMs: 3_000,
    })
    assert.match(
      (await untilState(sick, 'crashed')).reason ?? '',
      /R10 \(Boot timeout\) -> Web process answered GET \/health with 500 within 3 seconds/,
    )
    unwant(sick)
    await untilState(sick, 'down')
  })

  test(`${name}: what a dyno uses is in its log as long as its app wants that`, async () => {
    const row = await want({ name: 'worker.1', command: 'exec sleep 1000', logsUsage: true })
    const load = `source=worker.1 dyno=heroku.${row.appId}.${row.id} sample#load_avg_1m=`
    await untilLogged(row, load)
    await untilLogged(row, 'sample#memory_total=')
    assert.match(
      textOf(row),
      /sample#load_avg_1m=\d+\.\d\d sample#load_avg_5m=\d+\.\d\d sample#load_avg_15m=\d+\.\d\d\n/,
    )
    assert.match(textOf(row), /sample#memory_rss=\d+\.\d\dMB .*sample#memory_quota=256\.00MB/)
    const quiet = await want({ command: 'exec sleep 1000' })
    await untilState(quiet, 'up')
    const { logsUsage: _, ...without } = row
    wantedRows.set(row.id, without)
    engine?.apply([...wantedRows.values()])
    const count = (): number => textOf(row).split('sample#load').length
    const after = count()
    wantedRows.set(quiet.id, { ...quiet, logsUsage: true })
    engine?.apply([...wantedRows.values()])
    await untilLogged(quiet, 'sample#load_avg_15m=')
    assert.ok(count() <= after + 1, 'it went on')
    assert.equal(reportsOf(row).at(-1)?.restarts, 0)
    unwant(row)
    unwant(quiet)
  })

  test(`${name}: a dyno that takes all descriptors, or all of /tmp, takes them from nobody else`, async () => {
    const greedy = await want({
      kind: 'once',
      memoryBytes: 1024 * 1024 * 1024, // /tmp is memory
      command: `python3 -c "
import errno
files = []
try:
    while True: files.append(open('/dev/null'))
except OSError as error: print('descriptors', errno.errorcode[error.errno], len(files))
" ; head -c 2000000000 /dev/zero > /tmp/fill 2> said; grep -o 'No space left' said; echo "then $(wc -c < /tmp/fill)"`,
    })
    assert.equal((await untilState(greedy, 'complete')).exitStatus, 0)
    assert.match(textOf(greedy), /app descriptors EMFILE 99\d\d\n/)
    assert.match(textOf(greedy), /app No space left\napp then \d{6,9}\n/)
    const other = await want({ kind: 'once', command: 'echo still > /tmp/room && cat /tmp/room' })
    assert.equal((await untilState(other, 'complete')).exitStatus, 0)
    unwant(greedy)
    unwant(other)
  })

  test(`${name}: a dyno that writes more than it may is stopped, says why, and begins anew without it`, async () => {
    const row = {
      diskBytes: 8 * 1024 * 1024,
      command:
        'echo "it has $(ls | wc -l)"; head -c 4000000 /dev/zero | tr "\\0" x > a; echo "kept a"; sleep 2; cp a b; cp a c; cp a d; sleep 1000',
    }
    const neighbour = await want({ ...row, command: 'echo x > small; exec sleep 1000' })
    const dyno = await want(row)
    assert.match((await untilState(dyno, 'crashed')).reason ?? '', /Disk quota exceeded/)
    assert.match(
      textOf(dyno),
      /app kept a\n[^]*heroku Error Disk quota exceeded -> More than 8 MB were written below \/app\n/,
    )
    await until(() => (textOf(dyno).match(/app it has 0/g)?.length ?? 0) >= 2, LIMIT)
    assert.equal(reportsOf(neighbour).at(-1)?.state, 'up')
    unwant(dyno)
    unwant(neighbour)
    await untilState(dyno, 'down')
  })

  test(`${name}: a dyno that takes all the CPU keeps no other from starting`, async () => {
    const hog = await want({ command: 'for n in 1 2 3 4; do (while :; do :; done) & done; wait' })
    await untilState(hog, 'up')
    const other = await want({ web: true, command: SERVE, env: { GREETING: 'all the same' } })
    assert.equal(await read((await untilState(other, 'up')).address), 'all the same')
    unwant(hog)
    unwant(other)
    await untilState(hog, 'down')
  })

  test(`${name}: a dyno has the time of the machine, and cannot set it`, async () => {
    const before = Math.floor(Date.now() / 1000)
    const dyno = await want({
      kind: 'once',
      command:
        'date +"now %s"; date -s @1000000000 2>&1 | grep -o "cannot set date"; date +"then %s"',
    })
    await untilState(dyno, 'complete')
    await untilLogged(dyno, 'app then')
    const [, now, then] = /now (\d+)\napp cannot set date\napp then (\d+)/.exec(textOf(dyno)) ?? []
    assert.ok(Number(now) >= before && Number(then) >= Number(now), textOf(dyno))
    unwant(dyno)
  })

  test(`${name}: a dyno that is unwanted at any moment of its start is gone at once, without its time for SIGTERM`, async () => {
    const dynos: WantedDyno[] = []
    for (let n = 0; n < 8; n++) {
      const dyno = await want({ command: 'sleep 1000', stopLimitMs: 600_000 })
      dynos.push(dyno)
      await pause(n * 6)
      unwant(dyno)
    }
    for (const dyno of dynos) await untilState(dyno, 'down')
  })

  test(`${name}: a dyno that ignores SIGTERM is killed at its limit, and SIGTERM reaches all its processes`, async () => {
    const stubborn = await want({
      command: `trap '' TERM; echo ready; while :; do sleep 0.1; done`,
      stopLimitMs: 500,
    })
    const gentle = await want({
      command: `(trap 'echo child got it; exit 0' TERM; while :; do sleep 0.05; done) & trap 'wait; echo parent got it; exit 0' TERM; echo ready; wait`,
    })
    await untilLogged(stubborn, 'app ready')
    await untilLogged(gentle, 'app ready')
    unwant(stubborn)
    unwant(gentle)
    await untilState(stubborn, 'down')
    await untilState(gentle, 'down')
    assert.match(textOf(stubborn), /R12/)
    assert.match(textOf(gentle), /child got it/)
    assert.match(textOf(gentle), /parent got it/)
  })

  test(`${name}: nothing of a dyno is left, not even what had gone into a session of its own`, async () => {
    const mark = `mark${newId().slice(0, 8)}`
    const dyno = await want({
      command: `setsid --fork bash -c 'exec -a ${mark} sleep 1000'; echo forked; sleep 1000`,
      stopLimitMs: 1_000,
    })
    await untilLogged(dyno, 'app forked')
    await until(() => isRunning(mark), LIMIT)
    unwant(dyno)
    await untilState(dyno, 'down')
    await until(() => !isRunning(mark), LIMIT)
  })

  test(`${name}: an attached dyno starts when somebody comes, and its end ends the stream`, async () => {
    const dyno = await want({
      kind: 'once',
      attached: true,
      command: 'read line; echo "got $line"; cat; exit 4',
    })
    const client = await until(
      () => connect(attachSocketPath(engine?.runDir ?? '', dyno.id)),
      LIMIT,
    )
    const got = readAll(client)
    client.write('hello\nmore\n\x04')
    assert.equal(await got, 'got hello\nmore\n')
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 4)
    unwant(dyno)
  })

  test(`${name}: a terminal has the size that was asked for`, async () => {
    const dyno = await want({
      kind: 'once',
      attached: true,
      command: 'stty size; tty; echo $TERM',
      tty: { columns: 97, lines: 31, term: 'xterm' },
    })
    const client = await until(
      () => connect(attachSocketPath(engine?.runDir ?? '', dyno.id)),
      LIMIT,
    )
    assert.match(await readAll(client), /31 97\r?\n\/dev\/pts\/\d+\r?\nxterm/)
    unwant(dyno)
  })

  test(`${name}: a terminal gets another size while it runs, and what runs in it is told`, async () => {
    const wanted = {
      kind: 'once' as const,
      attached: true,
      command: 'trap "stty size" WINCH; stty size; echo ready; while :; do sleep 0.1; done',
      tty: { columns: 97, lines: 31, term: 'xterm' },
    }
    const dyno = await want(wanted)
    const client = await until(
      () => connect(attachSocketPath(engine?.runDir ?? '', dyno.id)),
      LIMIT,
    )
    let got = ''
    client.on('data', (chunk) => (got += String(chunk)))
    await until(() => /31 97\r?\nready/.test(got), LIMIT)
    await want({ ...dyno, tty: { columns: 120, lines: 40, term: 'xterm' } })
    await until(() => /40 120/.test(got), LIMIT)
    client.destroy()
    await untilState(dyno, 'complete')
    unwant(dyno)
  })

  test(`${name}: an attached dyno takes and gives as fast as its client does, and loses nothing`, async () => {
    const dyno = await want({
      kind: 'once',
      attached: true,
      command: 'sleep 0.3; cat; echo to err >&2',
    })
    const client = await until(
      () => connect(attachSocketPath(engine?.runDir ?? '', dyno.id)),
      LIMIT,
    )
    const got = readAll(client)
    const sent = 'a line of some length\n'.repeat(200_000)
    client.write(sent)
    client.write('\x04')
    assert.equal(await got, `${sent}to err\n`)
    unwant(dyno)
  })

  test(`${name}: an attached dyno ends when its client leaves`, async () => {
    const dyno = await want({ kind: 'once', attached: true, command: 'echo here; sleep 1000' })
    const client = await until(
      () => connect(attachSocketPath(engine?.runDir ?? '', dyno.id)),
      LIMIT,
    )
    await new Promise((resolve) => client.once('data', resolve))
    client.destroy()
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 143)
    unwant(dyno)
  })

  test(`${name}: nobody attaches: R13`, async () => {
    const dyno = await want({ kind: 'once', attached: true, command: 'echo never' })
    assert.match((await untilState(dyno, 'complete')).reason ?? '', /R13/)
    unwant(dyno)
  })
}

export const aWantedDyno = (dyno: Partial<WantedDyno>): WantedDyno => {
  const id = newId()
  return {
    id,
    appId: newId(),
    appName: 'app',
    name: `${dyno.web ? 'web' : 'worker'}.1`,
    kind: 'kept',
    digest: null,
    command: 'true',
    env: {},
    web: false,
    bootLimitMs: 30_000,
    stopLimitMs: 5_000,
    timeLimitMs: null,
    memoryBytes: 256 * 1024 * 1024,
    attached: false,
    tty: null,
    ...dyno,
  }
}

export const read = (address: DynoReport['address']): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: address?.host, port: address?.port, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve(body)).on('error', reject)
    }).on('error', reject)
  })

const isRunning = (mark: string): boolean => {
  return readdirSync('/proc').some((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(`${mark}\0`)
      )
    } catch {
      return false
    }
  })
}

const connect = (path: string): Promise<net.Socket | undefined> =>
  new Promise((resolve) => {
    const socket = net.createConnection({ path, allowHalfOpen: true })
    socket.once('connect', () => resolve(socket)).once('error', () => resolve(undefined))
  })

const readAll = (socket: net.Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.once('end', () => {
      socket.end()
      resolve(text)
    })
    socket.once('error', reject)
  })
