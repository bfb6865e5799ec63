import assert from 'node:assert/strict'
import net from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { get } from 'node:http'
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
        'pwd; echo $HOME; id -u; echo x > written && cat written; ls /root /home /var/lib 2>&1 | head -3; cat /proc/1/environ; echo done',
    })
    assert.equal((await untilState(dyno, 'complete')).exitStatus, 0)
    await untilLogged(dyno, 'app done')
    assert.match(textOf(dyno), /app \/app\napp \/app\napp 1000\napp x\n/)
    assert.match(textOf(dyno), /No such file or directory/)
    unwant(dyno)
  })

  test(`${name}: profile scripts are sourced before the command`, async () => {
    const dyno = await want({
      kind: 'once',
      command: 'echo "greeting is $FROM_PROFILE"',
      env: { FROM_PROFILE: 'environment' },
    })
    await untilLogged(dyno, 'greeting is environment')
    unwant(dyno)
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

  test(`${name}: a kept dyno that ends is started again`, async () => {
    const dyno = await want({ command: 'echo tick; exit 3' })
    const report = await until(
      () => reportsOf(dyno).findLast(({ restarts }) => restarts >= 2),
      LIMIT,
    )
    assert.ok(report)
    assert.equal((await untilState(dyno, 'crashed')).exitStatus, 3)
    unwant(dyno)
    await untilState(dyno, 'down')
  })

  test(`${name}: a web dyno that never listens is stopped with R10`, async () => {
    const dyno = await want({ web: true, command: 'sleep 1000', bootLimitMs: 500 })
    assert.match((await untilState(dyno, 'crashed')).reason ?? '', /R10/)
    unwant(dyno)
    await untilState(dyno, 'down')
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
