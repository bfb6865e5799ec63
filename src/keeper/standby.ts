import { closeSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { start } from '#/foundation/exec.ts'
import type { ProcessRecord } from '#/foundation/keeper-state.ts'
import type { Log } from '#/foundation/log.ts'
import { identify } from '#/foundation/process-identity.ts'
import type { HeldPort } from './held-port.ts'
import { openProcessLog } from './process-log.ts'

/**
 * A shell of a few lines that holds the descriptors of the ports beside the keeper and becomes the next keeper the
 * moment this one dies, however it dies: the end of its standard input tells it. A keeper that dies young is followed
 * after a second, lest one that cannot live keeps the machine busy.
 */
const SCRIPT = `
delay=1
while read -r word; do
  case $word in
    settled) delay=0 ;;
    stop) exit 0 ;;
  esac
done
[ "$delay" = 0 ] || sleep "$delay"
exec "$@"
`
const SETTLED_MS = 10_000
const RESTART_MS = 1_000
const END_LIMIT_MS = 2_000
const FIRST_DESCRIPTOR = 3

export type StandbyOptions = {
  /** Starts a keeper; `--NAME-fd N` is added for each port that is held. */
  command: [string, ...string[]]
  env: Record<string, string>
  ports: HeldPort[]
  logPath: string
  onChange: () => Promise<void>
  log: Log
}

export class Standby {
  readonly #options: StandbyOptions
  #child: ChildProcess | undefined
  #startedAt = ''
  #descriptors: number[] = []
  #isStopped = false
  #hasSettled = false

  constructor(options: StandbyOptions) {
    this.#options = options
  }

  /** Undefined if it does not run. */
  get record(): ProcessRecord | undefined {
    const identity = this.#child?.pid === undefined ? undefined : identify(this.#child.pid)
    return identity && { ...identity, startedAt: this.#startedAt, deaths: 0 }
  }

  start(): void {
    if (this.#child || this.#isStopped) return
    try {
      this.#watch(this.#spawn())
    } catch (error) {
      this.#options.log.error({ err: error }, 'there is no standby; trying again')
      setTimeout(() => this.start(), RESTART_MS)
      return
    }
    if (this.#hasSettled) this.settle()
    else setTimeout(() => this.settle(), SETTLED_MS).unref()
    void this.#options.onChange()
  }

  /** The next keeper may follow at once. */
  settle(): void {
    this.#hasSettled = true
    this.#child?.stdin?.write('settled\n')
  }

  /** Takes another standby if ports have been bound since this one was started. */
  async holdNewPorts(): Promise<void> {
    const isNew = heldOf(this.#options.ports).some((fd) => !this.#descriptors.includes(fd))
    if (!this.#child || !isNew) return
    await this.#end()
    this.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#end()
  }

  #spawn(): ChildProcess {
    const { command, env, ports, logPath } = this.#options
    this.#descriptors = heldOf(ports)
    const log = openProcessLog(logPath)
    try {
      return start(
        'sh',
        ['-c', SCRIPT, 'sluice-standby', ...command, ...descriptorArguments(ports)],
        {
          cwd: '/',
          env,
          stdio: ['pipe', log.fd, log.fd, ...this.#descriptors],
          detached: true,
        },
      )
    } finally {
      closeSync(log.fd)
    }
  }

  #watch(child: ChildProcess): void {
    this.#child = child
    this.#startedAt = new Date().toISOString()
    child.stdin?.on('error', () => {}) // it has died; its end is seen below
    child.once('error', () => void this.#startAgain(child))
    child.once('close', () => void this.#startAgain(child))
  }

  async #end(): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#child = undefined
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.stdin?.end('stop\n')
    const limit = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS)
    await gone
    clearTimeout(limit)
  }

  async #startAgain(child: ChildProcess): Promise<void> {
    if (this.#child !== child) return
    this.#child = undefined
    await pause(RESTART_MS)
    this.start()
  }
}

const heldOf = (ports: HeldPort[]): number[] =>
  ports.map((port) => port.heldDescriptor).filter((fd) => fd !== undefined)

/** In the order in which the descriptors are passed. */
const descriptorArguments = (ports: HeldPort[]): string[] =>
  ports
    .filter((port) => port.heldDescriptor !== undefined)
    .map((port, index) => `--${port.name}-fd=${FIRST_DESCRIPTOR + index}`)
