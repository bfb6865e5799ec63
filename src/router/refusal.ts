/** Why a request is not served: the HTTP status of the answer and, for people, what is wrong. */
export class Refusal {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string) {
    this.status = status
    this.reason = reason
  }
}
