import { readdirSync, readFileSync } from 'node:fs'

/**
 * Whether a process's event loop watches one of its descriptors, which for a listening socket means that it accepts.
 * The kernel tells: each epoll descriptor lists what it watches. So a child needs no way to say that it is ready.
 */
export const isAccepting = (pid: number, fd: number): boolean => {
  const watches = new RegExp(`^tfd:\\s+${fd} `, 'm')
  return listDescriptors(pid).some((path) => watches.test(readIfThere(path)))
}

const listDescriptors = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fdinfo`).map((name) => `/proc/${pid}/fdinfo/${name}`)
  } catch {
    return [] // it has died
  }
}

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // closed meanwhile
  }
}
