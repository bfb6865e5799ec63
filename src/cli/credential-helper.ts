import { fileURLToPath } from 'node:url'
import { quoteForShell } from './shell-quote.ts'

const SLUICE = fileURLToPath(new URL('../../bin/sluice', import.meta.url))

/**
 * What git has in `credential.<url>.helper`. Each start of Node is time that somebody waits for a push. So whoever has
 * the key for this host in the environment, as `sluice env` puts it there, is answered by git's shell; and there end
 * the calls by which git has each helper keep and forget passwords, since nothing is kept.
 */
export const credentialHelper = (gitHost: string, dataDir: string | undefined): string => {
  const host = quoteForShell(gitHost)
  const place = dataDir === undefined ? '' : ` --data-dir ${quoteForShell(dataDir)}`
  const sluice = `${quoteForShell(SLUICE)} git:credentials${place} get`
  const isForUs = `test -n "$HEROKU_API_KEY" && test "\${HEROKU_HOST#*://}" = ${host} && printf "%s\\n" "$asked" | grep -qxF host=${host}`
  const answer = `printf "username=heroku\\npassword=%s\\n" "$HEROKU_API_KEY"`
  return `!f() { test "$1" = get || return 0; asked=$(cat); if ${isForUs}; then ${answer}; else printf "%s\\n" "$asked" | ${sluice}; fi; }; f`
}
