/** That something is no longer what it was: where to look, not what is there. */
export type Change = {
  appId: string | null
  pipelineId: string | null
  /** An event's (`app`, `release`, `config-var` …), or `deploy`, `build`, `dyno` as they go on. */
  resource: string
  action: string
}
