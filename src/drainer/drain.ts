import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '#/foundation/log.ts'
import { followLog } from '#/log-store/follow-log.ts'
import type { LogLine } from '#/log-store/log-line.ts'
import { drainGapLine } from '#/log-store/gap-line.ts'
import type { LogWriter } from '#/log-store/log-writer.ts'
import type { StoredLine } from '#/log-store/stored-line.ts'
import type { WantedDrain } from '#/platform/log-drain/drain-feed.ts'
import { keepPosition, readPosition } from './drain-cursor.ts'
import { framesOf, type Frame } from './frame.ts'
import { openSender } from './open-sender.ts'
import { deliveryErrorOf, SEND_LIMIT_MS, type DeliveryError, type Sender } from './sender.ts'

export type DrainOptions = {
  logsDir: string
  /** A folder for how far each drain has come. */
  dir: string
  privateHosts: readonly string[]
  append: LogWriter['append']
  log: Log
  /** Between two tries, doubling from the first to the second. */
  backOffMs?: { first: number; most: number }
  limitMs?: number
  ca?: string
}

const BACK_OFF = { first: 1_000, most: 60_000 }
/** Lines that come one by one are sent together. */
const GATHER_MS = 200
const IS_MUCH_BYTES = 16 * 1024
/** Tries of a frame that the receiver does not like. */
const MOST_REFUSALS = 3
const COMPLAIN_EVERY_MS = 60_000
const LOOK_AGAIN_MS = 1_000

/**
 * Sends the lines of one app's log to one receiver, in their order, one batch at a time. The log itself is the buffer:
 * a slow or dead receiver holds up nobody, and is told of what the log no longer had when it could take it (L10).
 */
export class Drain {
  readonly wanted: WantedDrain
  readonly #options: DrainOptions
  readonly #sender: Sender
  readonly #ending = new AbortController()
  readonly #life: Promise<void>
  #sentAt = 0
  #complainedAt = -Infinity
  #isFailing = false
  /** Lines that were dropped and that the receiver has not been told of. */
  #untold = 0

  constructor(wanted: WantedDrain, options: DrainOptions) {
    this.wanted = wanted
    this.#options = options
    const { privateHosts, limitMs = SEND_LIMIT_MS, ca } = options
    this.#sender = openSender({ url: wanted.url, token: wanted.token, privateHosts, limitMs, ca })
    this.#life = this.#live()
  }

  /** Resolves when nothing of it goes on. What is under way may be sent once more by whoever follows. */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.#sender.close()
    await this.#life
  }

  async #live(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      try {
        await this.#follow(signal)
      } catch (error) {
        if (signal.aborted) return
        this.#options.log.warn({ err: error, drain: this.wanted.id }, 'a drain is begun anew')
      }
      await wait(LOOK_AGAIN_MS, signal)
    }
  }

  /** Until it is stopped, or the log is removed. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { id, appId, createdAt } = this.wanted
    const { logsDir, dir } = this.#options
    const position = await readPosition(dir, id)
    this.#sentAt = position?.sentAt ?? Date.parse(createdAt)
    const following = {
      filter: { from: Date.parse(createdAt) },
      after: position?.cursor ?? new Map<string, number>(),
      gapLine: (lines: number) => this.#dropped(lines),
    }
    for await (const { lines, cursor } of followLog(logsDir, appId, following, signal)) {
      const fresh = lines.filter((line) => !this.#isOwnNote(line))
      const told = fresh.length > 0 ? [...this.#tellDropped(), ...fresh] : []
      const frames = framesOf(told, this.wanted.token, this.#sender.host)
      for (const frame of frames) await this.#deliver(frame, signal)
      if (signal.aborted) return
      this.#sentAt = lines.at(-1)?.at ?? this.#sentAt
      await keepPosition(dir, id, { cursor, sentAt: this.#sentAt })
      if (bytesOf(frames) < IS_MUCH_BYTES) await wait(GATHER_MS, signal)
    }
  }

  /** Tries until the frame is taken, or is not wanted. */
  async #deliver(frame: Frame, signal: AbortSignal): Promise<void> {
    const { first, most } = this.#options.backOffMs ?? BACK_OFF
    for (let failures = 0; !signal.aborted; failures++) {
      const error = await this.#try(frame)
      if (!error) return
      if (signal.aborted) return
      this.#complain(error)
      if (error.isRefusal && failures + 1 >= MOST_REFUSALS) {
        this.#untold += frame.lines
        return void this.#dropped(frame.lines)
      }
      const delayMs = Math.min(most, first * 2 ** Math.min(failures, 20))
      await wait(delayMs * (0.5 + Math.random() / 2), signal)
    }
  }

  async #try(frame: Frame): Promise<DeliveryError | undefined> {
    try {
      await this.#sender.send(frame)
      this.#isFailing = false
      return undefined
    } catch (error) {
      return deliveryErrorOf(error instanceof Error ? error : new Error('unknown'))
    }
  }

  /** Says in the app's log that lines are lost, and returns what the receiver is to be told of it. */
  #dropped(lines: number): LogLine {
    const line = drainGapLine(lines, this.#sentAt, this.wanted.token)
    this.#options.append(this.wanted.appId, line)
    return line
  }

  #tellDropped(): StoredLine[] {
    const lines = this.#untold
    this.#untold = 0
    const line = drainGapLine(lines, this.#sentAt, this.wanted.token)
    return lines === 0 ? [] : [{ ...line, id: `dropped:${line.at}`, stream: '', number: 0 }]
  }

  #complain({ message }: DeliveryError): void {
    const isNew = !this.#isFailing
    this.#isFailing = true
    if (!isNew || performance.now() - this.#complainedAt < COMPLAIN_EVERY_MS) return
    this.#complainedAt = performance.now()
    const { appId, token } = this.wanted
    const what = CERTIFICATE.test(message)
      ? `Error L14 (Certificate validation error) -> drain ${token}: ${message}`
      : `The drain ${token} takes no lines: ${message}. They are kept as long as the log keeps them, and sent later.`
    const line = { source: 'heroku', dyno: 'logplex', text: what } as const
    this.#options.append(appId, { ...line, at: Date.now() })
  }

  /** It hears of its own gaps where they are. */
  #isOwnNote({ source, dyno, text, stream }: StoredLine): boolean {
    const isNote = source === 'heroku' && dyno === 'logplex' && stream.startsWith('drainer.')
    return isNote && text.includes(this.wanted.token)
  }
}

const CERTIFICATE =
  /CERT|SELF_SIGNED|ERR_TLS_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE/

const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
  await pause(ms, undefined, { signal }).catch(() => {})
}

const bytesOf = (frames: Frame[]): number =>
  frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
