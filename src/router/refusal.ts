import type { RequestHead } from './request-head.ts'

/** Why a request is not served: the HTTP status of the answer and, for people, what is wrong. */
export class Refusal {
  readonly status: number
  readonly reason: string
  /** As far as it was read; undefined unless it is known whose request it is. */
  request: RequestHead | undefined

  constructor(status: number, reason: string) {
    this.status = status
    this.reason = reason
  }

  /** As a line of the log names it: in Heroku's words, and then more precisely. */
  get cause(): string {
    return this.status === 400 ? `bad header: ${this.reason}` : this.reason
  }
}
