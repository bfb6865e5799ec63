import { watch } from 'node:fs'

const POLL_MS = 200

/**
 * Calls back whenever something in a folder may have changed. The kernel tells; if it has no watch left to give, it
 * is looked at now and then.
 */
export const watchFolder = (
  path: string,
  onChange: (name: string | undefined) => void,
): (() => void) => {
  try {
    const watcher = watch(path, (_event, name) => onChange(name ?? undefined))
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    const timer = setInterval(() => onChange(undefined), POLL_MS)
    return () => clearInterval(timer)
  }
}
