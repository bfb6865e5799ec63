import { readdirSync, readFileSync } from 'node:fs'
import { identify, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { PROCESS_MARK } from './running-process.ts'

/**
 * The processes of a platform that run, by name, youngest first: found by the mark in their environment. Children of
 * theirs may have inherited it, so only leaders of a session count, as all that the keeper starts are.
 */
export const findProcesses = (dataDir: string): Map<string, ProcessIdentity[]> => {
  const found = new Map<string, ProcessIdentity[]>()
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const name = markOf(pid, dataDir)
    const identity = name === undefined || !leadsSession(pid) ? undefined : identify(pid)
    if (name === undefined || !identity) continue
    found.set(name, [...(found.get(name) ?? []), identity])
  }
  for (const identities of found.values())
    identities.sort((a, b) => Number(b.startTime) - Number(a.startTime))
  return found
}

const markOf = (pid: number, dataDir: string): string | undefined => {
  const variables = readIfThere(`/proc/${pid}/environ`).split('\0')
  if (!variables.includes(`SLUICE_DATA_DIR=${dataDir}`)) return undefined
  return variables.find((text) => text.startsWith(`${PROCESS_MARK}=`))?.split('=', 2)[1]
}

const SESSION_FIELD = 3
const leadsSession = (pid: number): boolean => {
  const stat = readIfThere(`/proc/${pid}/stat`)
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[SESSION_FIELD]) === pid
}

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // gone, or another user's
  }
}
