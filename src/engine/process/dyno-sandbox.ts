import type { Unpacked } from '#/artifact-store/artifact-store.ts'
import { shellQuote } from '#/sandbox/shell-quote.ts'
import type { SandboxSpec } from '#/sandbox/sandbox-spec.ts'
import type { WantedDyno } from '#/platform/dyno/engine.ts'

const MOST_PROCESSES = 512
const TMP_BYTES = 256 * 1024 * 1024
/** Larger sizes have more of the processors too, by as much as they have more memory. */
const MEMORY_OF_WEIGHT_1 = 512 * 1024 * 1024

/** What a shell does in a dyno before the command: the buildpacks' profile scripts, then the app's own. */
const ENTER =
  'for script in .profile.d/*.sh; do [ -f "$script" ] && . "$script"; done; [ -f .profile ] && . ./.profile; unset script; exec bash -c "$0"'

/** `script` gives the command a terminal; its size is set first, since our end of it is a pipe. */
const ENTER_TTY = 'stty columns "$COLUMNS" rows "$LINES" 2>/dev/null; exec bash -c "$0" "$1"'

/** The sandbox of a dyno: the slug below, an ephemeral layer above, at /app. */
export const buildDynoSandbox = (
  dyno: WantedDyno,
  slug: Unpacked,
  port: number | undefined,
): SandboxSpec => ({
  command: dyno.tty
    ? [
        'script',
        '--quiet',
        '--return',
        '--flush',
        '--command',
        ttyCommand(dyno.command),
        '/dev/null',
      ]
    : ['bash', '-c', ENTER, dyno.command],
  env: {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    ...dyno.env,
    HOME: '/app',
    ...(port === undefined ? {} : { PORT: String(port) }),
    ...(dyno.tty
      ? { TERM: dyno.tty.term, COLUMNS: String(dyno.tty.columns), LINES: String(dyno.tty.lines) }
      : {}),
  },
  chdir: '/app',
  hostname: dyno.name.replace(/[^a-z0-9-]/gi, '-'),
  overlay: { ...slug, inside: '/app' },
  writable: [],
  readOnly: [],
  tmpSizeBytes: TMP_BYTES,
  memoryBytes: dyno.memoryBytes,
  cpuWeight: dyno.memoryBytes / MEMORY_OF_WEIGHT_1,
  pids: MOST_PROCESSES,
  fileSizeBytes: null,
})

const ttyCommand = (command: string): string =>
  `bash -c ${shellQuote(ENTER_TTY)} ${shellQuote(ENTER)} ${shellQuote(command)}`
