import { closeSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { start } from '#/foundation/exec.ts'
import type { ProcessRecord } from '#/foundation/keeper-state.ts'
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
const FIRST_DESCRIPTOR = 3

export type StandbyOptions = {
  /** Starts a keeper; `--NAME-fd N` is added for each port that is held. */
  command: [string, ...string[]]
  env: Record<string, string>
  ports: HeldPort[]
  logPath: string
  onChange: () => Promise<void>
}

export class Standby {
  readonly #options: StandbyOptions
  #child: ChildProcess | undefined
  #startedAt = ''
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
    const { command, env, ports, logPath, onChange } = this.#options
    const held = ports.filter((port) => port.heldDescriptor !== undefined)
    const log = openProcessLog(logPath)
    const child = start(
      'sh',
      ['-c', SCRIPT, 'sluice-standby', ...command, ...descriptorArguments(held)],
      {
        cwd: '/',
        env,
        stdio: ['pipe', log.fd, log.fd, ...held.map((port) => port.heldDescriptor)],
        detached: true,
      },
    )
    closeSync(log.fd)
    this.#child = child
    this.#startedAt = new Date().toISOString()
    child.stdin?.on('error', () => {}) // it has died; its end is seen below
    child.on('error', () => {})
    child.once('close', () => void this.#startAgain(child))
    if (this.#hasSettled) this.settle()
    else setTimeout(() => this.settle(), SETTLED_MS).unref()
    void onChange()
  }

  /** The next keeper may follow at once. */
  settle(): void {
    this.#hasSettled = true
    this.#child?.stdin?.write('settled\n')
  }

  /** For ports that were bound since. */
  async renew(): Promise<void> {
    await this.#end()
    this.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#end()
  }

  async #end(): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#child = undefined
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.stdin?.end('stop\n')
    await gone
  }

  async #startAgain(child: ChildProcess): Promise<void> {
    if (this.#child !== child) return
    this.#child = undefined
    await pause(RESTART_MS)
    this.start()
  }
}

const descriptorArguments = (held: HeldPort[]): string[] =>
  held.map((port, index) => `--${port.name}-fd=${FIRST_DESCRIPTOR + index}`)
