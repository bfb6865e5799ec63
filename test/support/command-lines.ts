import { readdirSync, readFileSync } from 'node:fs'

/**
 * Looks at the command lines of all processes of the machine, over and over, as anybody who is signed in there may.
 * @returns ends it, with the command lines that held one of the secrets
 */
export const watchCommandLines = (secrets: string[]): (() => string[]) => {
  const found = new Set<string>()
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const line = commandLine(pid)
      if (secrets.some((secret) => line.includes(secret))) found.add(line.replaceAll('\0', ' '))
    }
  }
  const timer = setInterval(look, 50)
  return () => {
    clearInterval(timer)
    look()
    return [...found]
  }
}

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it has ended
  }
}
