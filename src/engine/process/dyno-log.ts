import type { LogWriter } from '#/log-store/log-writer.ts'
import { redactor } from '#/log-store/redactor.ts'
import type { WantedDyno } from '#/platform/dyno/engine.ts'

/** A dyno's voice in its app's log: what it prints, and what the engine has to say of it. Secrets are taken out. */
export type DynoLog = {
  print: (text: string) => void
  say: (text: string) => void
  /** Where what it prints without an end of line may be cut, so that no secret is torn. */
  cutOf: (text: string) => number
  /** Other config vars are marked from now on. */
  mark: (marks: WantedDyno['marks']) => void
}

export const openDynoLog = (
  { appId, name, env, marks }: WantedDyno,
  append: LogWriter['append'],
): DynoLog => {
  let redact = redactor(env, marks)
  const write = (source: 'app' | 'heroku') => (text: string) =>
    append(appId, { at: Date.now(), source, dyno: name, text: redact(text) })
  return {
    print: write('app'),
    say: write('heroku'),
    cutOf: (text) => redact.cutOf(text),
    mark: (now) => void (redact = redactor(env, now)),
  }
}
